using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests.Degradation;

/// <summary>A Fanout node that has more to do than it is told to bear.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class NodeUnderLoad(LiveNodes nodes)
{
    [Fact]
    public async Task Under_load_viewers_are_told_that_comments_come_in_batches_and_afterwards_that_they_no_longer_do()
    {
        // A WebSocket that isn't read answers no pings.
        await using var node = nodes.NewNode(heartbeat: "00:00:15");
        foreach (var (name, value) in Thresholds.Low)
            node.Set(name, value);
        node.Set("Degradation__Processor__Strained", "");
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        using (author)
        {
            await Eventually.UntilAsync("its start is over", async () => await LiveNodes.MetricAsync(node, "livecomments_degradation_level") == 0);
            await using var events = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
            await using var socket = await LiveClient.OpenAsync(LiveClient.WebSocket, node.Address, streamId);
            foreach (var viewer in (LiveClient[])[events, socket])
                await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);

            await using (new Hammering(new Uri(node.Address, $"/live/streams/{streamId}/events?wait=0"), "application/json"))
            {
                foreach (var viewer in (LiveClient[])[events, socket])
                {
                    var state = await NextLoadAsync(viewer, LoadLevels.Busy);
                    Assert.Equal((StreamStatus.Live, 200), (state.Status, state.Load!.BatchIntervalMs));
                }

                // Who comes now is told, too, and its comments come all the same.
                await using var newcomer = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
                await NextLoadAsync(newcomer, LoadLevels.Busy);
                await RunningSystem.PostAcceptedAsync(author, streamId, "while busy");
                Assert.Equal("while busy", (await newcomer.NextCommentAsync("a comment while the node is busy")).Content);
                Assert.True(await LiveNodes.MetricAsync(node, "livecomments_degradation_level") >= 1);
            }

            foreach (var viewer in (LiveClient[])[events, socket])
                Assert.Equal(100, (await NextLoadAsync(viewer, LoadLevels.Normal)).Load!.BatchIntervalMs);
            Assert.Equal(0, await LiveNodes.MetricAsync(node, "livecomments_degradation_level"));
            Assert.True(await LiveNodes.MetricAsync(node, "livecomments_degradation_changes_total", "Normal") >= 1);
            Assert.Contains("degradation level goes from Normal to Busy", node.Log, StringComparison.Ordinal);
            // Nobody has lost anything.
            Assert.Equal("while busy", (await events.NextCommentAsync("the comment")).Content);
            Assert.Equal("while busy", (await socket.NextCommentAsync("the comment")).Content);
        }
    }

    [Fact]
    public async Task A_level_that_an_operator_has_pinned_holds_without_any_load()
    {
        await using var node = nodes.NewNode(settings: [("Degradation__Pinned", "Strained")]);
        node.Set("Degradation__Enabled", "true");
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        author.Dispose();
        await nodes.AppendAsync(streamId, Enumerable.Range(1, 60).Select(number => LiveNodes.CommentOf(streamId, number, $"{number}")));
        await Eventually.UntilAsync("the level is set", async () => await LiveNodes.MetricAsync(node, "livecomments_degradation_level") == 2);
        await using var viewer = await LiveClient.OpenAsync(LiveClient.WebSocket, node.Address, streamId);
        Assert.Equal(25, LiveClient.Batch(await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch)).Comments.Count);
        await NextLoadAsync(viewer, LoadLevels.Strained);
    }

    [Fact]
    public async Task Viewers_of_a_stream_whose_beginning_the_log_has_forgotten_are_told_of_the_level_too()
    {
        await using var node = nodes.NewNode(settings: [("Degradation__Pinned", "Strained")]);
        node.Set("Degradation__Enabled", "true");
        await node.StartAsync();
        var (created, author) = await nodes.NewStreamAsync();
        author.Dispose();
        // What such a stream is Postgres alone knows.
        var forgotten = $"{created}-forgotten";
        await using (var database = NpgsqlDataSource.Create(nodes.Path.Postgres.ConnectionString))
        {
            await Eventually.UntilAsync("Postgres has the one, and so the other", async () =>
            {
                await using var command = database.CreateCommand(
                    "insert into streams (id, title, creator_id, status, started_at, archive_month) select $1, 'forgotten', creator_id, status, started_at, archive_month from streams where id = $2");
                command.Parameters.Add(new NpgsqlParameter { Value = forgotten });
                command.Parameters.Add(new NpgsqlParameter { Value = created });
                return await command.ExecuteNonQueryAsync() == 1;
            });
        }

        await nodes.AppendAsync(forgotten, [LiveNodes.CommentOf(forgotten, 1, "still here")]);
        await Eventually.UntilAsync("the level is set", async () => await LiveNodes.MetricAsync(node, "livecomments_degradation_level") == 2);
        await using var viewer = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, forgotten);
        Assert.Equal("forgotten", (await NextLoadAsync(viewer, LoadLevels.Strained)).Title);
    }

    [Theory]
    [InlineData("Degradation__EnterAfter", "00:00:00")]
    [InlineData("Degradation__Levels__Busy__BatchFactor", "99")]
    public async Task A_wrong_setting_is_named_at_the_start(string name, string value)
    {
        await using var node = nodes.NewNode(settings: [(name, value)]);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains(name.Split("__")[^1], fault.Message, StringComparison.Ordinal);
    }

    private static async Task<StreamState> NextLoadAsync(LiveClient viewer, string level)
    {
        while (true)
        {
            var state = (await viewer.NextOfTypeAsync(ServerMessageTypes.StreamState)).Payload.Deserialize(ContractsJson.Default.StreamState)!;
            if (state.Load?.Level == level)
                return state;
        }
    }
}
