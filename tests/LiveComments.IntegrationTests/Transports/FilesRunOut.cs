using System.Net;
using System.Net.Sockets;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A node that can take nobody more.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class FilesRunOut(LiveNodes nodes)
{
    [Fact]
    public async Task Without_a_free_file_who_comes_is_closed_at_once_who_watches_watches_on_and_later_others_get_in()
    {
        // Heartbeats as rare as they are: nothing else than files is to run out on a busy machine.
        await using var node = nodes.NewNode(heartbeat: "00:00:15");
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var sse = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
        await using var socket = await LiveClient.OpenAsync(LiveClient.WebSocket, node.Address, streamId);
        await RunningSystem.PostAcceptedAsync(author, streamId, "before");
        await SeeAsync("before", sse, socket);

        var before = FileLimit.Set(node.ProcessId, FileLimit.Open(node.ProcessId));
        // Not one waits to be accepted until somebody leaves.
        for (var count = 0; count < 20; count++)
            await IsClosedAsync(node);
        await RunningSystem.PostAcceptedAsync(author, streamId, "meanwhile");
        try
        {
            await SeeAsync("meanwhile", sse, socket);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidOperationException($"Who watched was cut off; the node printed: {node.Log}", exception);
        }

        FileLimit.Set(node.ProcessId, before);
        await using var late = await Eventually.GetAsync("the node accepts again", async () => await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId));
        await RunningSystem.PostAcceptedAsync(author, streamId, "after");
        await SeeAsync("after", sse, socket);
        Assert.Contains("after", await late.NextContentsAsync(3, "all three"));
        Assert.True(await LiveNodes.MetricAsync(node, "livecomments_viewers_refused", "files") >= 10);
    }

    [Fact]
    public async Task When_all_places_are_taken_who_comes_is_closed_at_once_and_a_place_that_is_left_is_given_again()
    {
        const int Places = 12;
        // Kept by the test's own questions about health and metrics, and by others that come and go.
        const int Others = 4;
        await using var node = nodes.NewNode(settings: ("Fanout__MaxConnections", $"{Places}"));
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        var viewers = new List<LiveClient>();
        while (viewers.Count < Places - Others)
            viewers.Add(await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId));
        var idle = new List<Socket>();
        for (var count = 0; count < Others; count++)
            idle.Add(await ConnectAsync(node));
        await Eventually.UntilAsync("all places are taken", async () =>
        {
            await IsClosedAsync(node);
            return true;
        });
        await RunningSystem.PostAcceptedAsync(author, streamId, "to all");
        await SeeAsync("to all", [.. viewers]);

        await viewers[0].DisposeAsync();
        viewers[0] = await Eventually.GetAsync("its place is given again", async () => await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId));
        idle.ForEach(socket => socket.Dispose());
        await Eventually.UntilAsync("refusals are counted", async () => await LiveNodes.MetricAsync(node, "livecomments_viewers_refused", "connections") >= 1);
        foreach (var viewer in viewers)
            await viewer.DisposeAsync();
    }

    private static async Task SeeAsync(string content, params LiveClient[] viewers)
    {
        foreach (var viewer in viewers)
            Assert.Equal(content, (await viewer.NextCommentAsync(content)).Content);
    }

    private static async Task<Socket> ConnectAsync(ServiceProcess node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port);
        return socket;
    }

    private static async Task IsClosedAsync(ServiceProcess node)
    {
        try
        {
            using var socket = await ConnectAsync(node);
            Assert.Equal(0, await Eventually.WithinAsync("the connection is closed", socket.ReceiveAsync(new byte[1]), TimeSpan.FromSeconds(2)));
        }
        catch (SocketException)
        {
            // Reset, which is closed as well.
        }
    }
}
