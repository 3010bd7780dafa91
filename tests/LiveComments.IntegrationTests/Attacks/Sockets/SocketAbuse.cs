using System.Text;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks.Sockets;

/// <summary>WebSockets against the rules of RFC 6455: each is told what was wrong and ends, and nobody else notices.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class SocketAbuse(LiveNodes nodes)
{
    // With a heartbeat of a second: after two more without an answer nobody is there. The rest is for a busy machine.
    private static readonly TimeSpan DeadWithin = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. AbuseCases.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whoever_breaks_the_protocol_is_closed_with_its_code_and_who_does_not_goes_on(string name)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var other = await LiveClient.OpenAsync(LiveClient.WebSocket, nodes.Nodes[0].Address, streamId);
        await AbuseAsync(nodes.Nodes[0].Address, streamId, AbuseCases.All.Single(one => one.Name == name));
        await RunningSystem.PostAcceptedAsync(author, streamId, "undisturbed");
        Assert.Equal("undisturbed", (await other.NextCommentAsync("the comment")).Content);
    }

    [Fact]
    public async Task The_same_through_the_gateway_and_nothing_is_left_of_any_of_them()
    {
        await using var node = nodes.NewNode();
        await using var gateway = nodes.NewGateway([node]);
        await Task.WhenAll(node.StartAsync(), gateway.StartAsync());
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var other = await LiveClient.OpenAsync(LiveClient.Sse, gateway.Address, streamId);
        foreach (var one in AbuseCases.All)
            await AbuseAsync(gateway.Address, streamId, one);
        await RunningSystem.PostAcceptedAsync(author, streamId, "undisturbed");
        Assert.Equal("undisturbed", (await other.NextCommentAsync("the comment")).Content);
        await Eventually.UntilAsync("only the other viewer is left", async () => await LiveNodes.MetricAsync(node, "livecomments_connections") == 1);
        await other.DisposeAsync();
        await Eventually.UntilAsync("nobody is left", async () => await LiveNodes.MetricAsync(node, "livecomments_connections") == 0);
    }

    [Theory]
    [InlineData("nothing at all")]
    [InlineData("a message that breaks off")]
    [InlineData("pieces that break off")]
    public async Task Who_falls_silent_within_a_message_is_gone_when_it_answers_no_ping(string name)
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        using var raw = await RawSocket.OpenAsync(nodes.Nodes[0].Address, $"/live/streams/{streamId}/ws");
        if (AbuseCases.All.SingleOrDefault(one => one.Name == name) is { } one)
            await raw.SendAsync(one.Bytes);
        await Eventually.WithinAsync("it is cut off", raw.UntilEndAsync(), DeadWithin);
    }

    [Fact]
    public async Task Who_never_answers_our_close_is_cut_off()
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        using var raw = await RawSocket.OpenAsync(nodes.Nodes[0].Address, $"/live/streams/{streamId}/ws");
        await raw.SendAsync(SocketFrame.Of(SocketFrame.Fin | SocketFrame.Binary, "x"));
        await Eventually.WithinAsync("it is cut off", ReadAsync(), DeadWithin);

        async Task ReadAsync()
        {
            while (await raw.NextAsync("the end of the connection") is not null)
            {
            }
        }
    }

    [Fact]
    public async Task A_flood_of_pings_is_ended_whether_its_pongs_are_read_or_not()
    {
        const int AtOnce = 2_000;
        const int MostFloods = 500;
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var other = await LiveClient.OpenAsync(LiveClient.Sse, nodes.Nodes[0].Address, streamId);
        byte[] pings = [.. Enumerable.Repeat(SocketFrame.Of(SocketFrame.Fin | SocketFrame.Ping, "x"), AtOnce).SelectMany(frame => frame)];

        using var reading = await RawSocket.OpenAsync(nodes.Nodes[0].Address, $"/live/streams/{streamId}/ws");
        await reading.SendAsync(pings);
        Assert.Equal(LiveCloseCodes.InvalidMessages, await Eventually.WithinAsync("it is closed", reading.UntilEndAsync(), DeadWithin));

        using var deaf = await RawSocket.OpenAsync(nodes.Nodes[0].Address, $"/live/streams/{streamId}/ws");
        var floods = 0;
        await Eventually.UntilAsync("the node takes no more", () => deaf.IsStuck(pings) || ++floods > MostFloods);
        Assert.True(floods <= MostFloods, "the node reads on for ever");
        await RunningSystem.PostAcceptedAsync(author, streamId, "undisturbed");
        Assert.Equal("undisturbed", (await other.NextCommentAsync("the comment")).Content);
    }

    private static async Task AbuseAsync(Uri server, string streamId, AbuseCase one)
    {
        using var raw = await RawSocket.OpenAsync(server, $"/live/streams/{streamId}/ws");
        Assert.Equal(101, raw.Status);
        await raw.SendAsync(one.Bytes);
        if (one.BreaksOff)
        {
            raw.EndSending();
            await Eventually.WithinAsync($"the end of {one.Name}", raw.UntilEndAsync(), DeadWithin);
            return;
        }

        if (one.Code is null)
        {
            await raw.SendAsync(SocketFrame.Of(SocketFrame.Fin | SocketFrame.Text, "{\"type\":\"join_stream\",\"payload\":{\"streamId\":\"*\"}}"));
            await raw.UntilTextAsync(ErrorCodes.StreamNotFound);
            await raw.SendAsync(SocketFrame.CloseOf(1000, Encoding.ASCII.GetBytes("bye")));
        }

        var code = await Eventually.WithinAsync($"the end of {one.Name}", raw.UntilEndAsync(), DeadWithin);
        Assert.True(code == (one.Code ?? 1000), $"{one.Name}: closed with {code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}");
    }
}
