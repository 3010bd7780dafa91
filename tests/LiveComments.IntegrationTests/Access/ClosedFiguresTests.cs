using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What viewers are told where reading needs a token, and so does Fanout's own.</summary>
[Collection(AccessCollection.Name)]
public sealed class ClosedFiguresTests(AccessSystem system)
{
    [Fact]
    public async Task Viewers_are_told_how_many_comments_there_are_where_nobody_may_ask_without_a_token()
    {
        await using var node = new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string>
        {
            ["ConnectionStrings__nats"] = system.Nats.Url,
            ["services__api__http__0"] = system.ClosedApi.Address.ToString(),
            ["Auth__SigningKey"] = TestTokens.SigningKey,
            ["Auth__AnonymousReads"] = "false",
        });
        await node.StartAsync();
        var token = TestTokens.Of($"ada-{Guid.NewGuid():N}");
        using var ada = AccessSystem.ClientOf(system.ClosedApi, token);
        var stream = (await RunningSystem.NewStreamAsync(ada)).Id;
        await RunningSystem.PostAcceptedAsync(ada, stream, "one");
        await using var viewer = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, stream, token: token);
        while ((await viewer.NextOfTypeAsync(ServerMessageTypes.CommentCount)).Payload.GetProperty("count").GetInt32() != 1)
        {
        }
    }
}
