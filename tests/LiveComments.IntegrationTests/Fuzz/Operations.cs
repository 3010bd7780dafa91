using System.Text.Json;
using System.Text.Json.Nodes;

namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>An operation of the OpenAPI document: what is to be fuzzed.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">With <c>{places}</c>.</param>
/// <param name="Query">Names of its query parameters.</param>
/// <param name="Properties">Names of its body's properties; null when it takes no body.</param>
sealed record Operation(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string>? Properties)
{
    /// <summary>All of the document, so that an operation that is new is fuzzed from its first day.</summary>
    public static IReadOnlyList<Operation> In(JsonDocument document)
    {
        var root = document.RootElement;
        return
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from method in path.Value.EnumerateObject()
               where path.Name.StartsWith("/api/", StringComparison.Ordinal)
               select new Operation(method.Name.ToUpperInvariant(), path.Name, QueryOf(method.Value), PropertiesOf(root, method.Value)),
        ];
    }

    private static List<string> QueryOf(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? [.. parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!)]
            : [];

    private static List<string>? PropertiesOf(JsonElement root, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
            return null;
        var schema = body.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
            schema = root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        return [.. schema.GetProperty("properties").EnumerateObject().Select(property => property.Name)];
    }
}
