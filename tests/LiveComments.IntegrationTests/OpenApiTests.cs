using System.Text.Json;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests;

/// <summary>The description of the REST interface for machines.</summary>
[Collection(SystemCollection.Name)]
public sealed class OpenApiTests(RunningSystem system)
{
    [Fact]
    public async Task Every_address_is_described_in_OpenAPI_3_1()
    {
        using var document = JsonDocument.Parse(await system.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        // No node's inner address: clients come by the gateway.
        Assert.False(document.RootElement.TryGetProperty("servers", out var servers) && servers.GetArrayLength() > 0);
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))
            .Where(operation => operation.Contains("/api/", StringComparison.Ordinal))
            .ToHashSet();
        string[] expected =
        [
            "GET /api/streams", "POST /api/streams", "GET /api/streams/live", "GET /api/streams/{streamId}", "POST /api/streams/{streamId}/end",
            "GET /api/streams/{streamId}/comments", "POST /api/streams/{streamId}/comments",
            "GET /api/streams/{streamId}/comments/{commentId}", "DELETE /api/streams/{streamId}/comments/{commentId}",
            "GET /api/streams/{streamId}/comments/{commentId}/replies",
            "GET /api/streams/{streamId}/metrics", "GET /api/streams/{streamId}/reactions", "POST /api/streams/{streamId}/reactions",
            "GET /api/streams/{streamId}/comments/{commentId}/reactions", "POST /api/streams/{streamId}/comments/{commentId}/reactions",
            "PUT /api/streams/{streamId}/comments/{commentId}/reactions/{type}", "DELETE /api/streams/{streamId}/comments/{commentId}/reactions/{type}",
            "GET /api/users/me", "POST /api/auth/dev-token", "POST /api/telemetry/display",
        ];
        Assert.Superset(expected.ToHashSet(), described);

        var post = document.RootElement.GetProperty("paths").GetProperty("/api/streams/{streamId}/comments").GetProperty("post");
        Assert.EndsWith("/PostComment", post.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("/Comment", post.GetProperty("responses").GetProperty("201").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString(), StringComparison.Ordinal);
    }
}
