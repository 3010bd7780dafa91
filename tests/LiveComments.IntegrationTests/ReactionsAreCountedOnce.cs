using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>Over two Api processes, of which one dies, and over replays of the whole log: each reaction counts once.</summary>
public sealed class ReactionsAreCountedOnce
{
    [Fact]
    public async Task When_two_processes_toggle_at_once_one_dies_and_the_log_is_replayed()
    {
        await using var path = await WritePath.StartAsync(apis: 2);
        var clients = await Task.WhenAll(path.Apis.Select(api => path.ClientOfAsync("ada", api)));
        var stream = await RunningSystem.NewStreamAsync(clients[0]);
        var comment = await RunningSystem.PostAcceptedAsync(clients[0], stream.Id, "click");
        var other = await RunningSystem.PostAcceptedAsync(clients[0], stream.Id, "and me");

        // 1. At once, in both: each toggle is a change, so an odd number of them leaves the reaction there, once.
        var answers = new List<CommentReactionState>();
        for (var round = 0; round < 3; round++)
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 9).Select(toggle => Reactions.ToggleAsync(clients[toggle % 2], stream.Id, comment.Id, ReactionTypes.Like))));
        Assert.Equal((14, 13), (answers.Count(answer => answer.IsSet), answers.Count(answer => !answer.IsSet)));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(set => Reactions.SetAsync(clients[set % 2], stream.Id, other.Id, ReactionTypes.Wow)));
        Assert.Equal("like:1", Reactions.Text((await Reactions.PageAsync(clients[1], stream.Id, comment.Id)).ReactionCounts));

        // 2. Taps and reactions come while the process that writes to Postgres (the first to start) is killed.
        var tapped = 0;
        for (var tap = 0; tap < 60; tap++)
        {
            if (tap == 30)
                await path.Apis[0].KillAsync();
            using var answer = await Reactions.TapAsync(clients[tap < 30 ? tap % 2 : 1], stream.Id, ReactionTypes.Love);
            tapped += answer.IsSuccessStatusCode ? 1 : 0;
        }

        await path.Apis[0].StartAsync();
        Assert.Equal(60, tapped);
        await using var nats = new NatsConnection(new NatsOpts { Url = path.Nats.Url });
        var log = (await new LogLocator(new NatsJSContext(nats)).FindAsync(0, CancellationToken.None))!;
        await Eventually.UntilAsync("the taps of the process that lives are in the log", async () => Taps(await EntriesAsync(log, stream.Id)) >= 45);
        var entries = await EntriesAsync(log, stream.Id);
        // What was not flushed when the process died is lost, and nothing else.
        Assert.InRange(Taps(entries), 45, 60);
        var toggles = entries.Where(entry => entry.EventType == LogEventTypes.CommentReacted).Select(ReactionTail.ParseChange).Where(change => change.CommentId == comment.Id).ToList();
        Assert.Equal(Enumerable.Range(0, 27).Select(index => index % 2 == 0), toggles.Select(change => change.IsSet));
        Assert.Single(entries, entry => entry.EventType == LogEventTypes.CommentReacted && ReactionTail.ParseChange(entry).CommentId == other.Id);

        // 3. Postgres has what the log has.
        await using var database = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
        await WrittenAsync(database, entries[^1].Sequence);
        await AssertStoredAsync(database, stream.Id, comment.Id, Taps(entries));

        // 4. And still has, once each, after everything was replayed from the beginning, into the same tables.
        foreach (var api in path.Apis)
            await api.KillAsync();
        await using (var forget = database.CreateCommand("update log_offsets set sequence = 0"))
            await forget.ExecuteNonQueryAsync();
        await path.Apis[1].StartAsync();
        await WrittenAsync(database, entries[^1].Sequence);
        await AssertStoredAsync(database, stream.Id, comment.Id, Taps(entries));
        foreach (var client in clients)
            client.Dispose();
    }

    private static async Task<IReadOnlyList<LogEntry>> EntriesAsync(LogHandle log, string streamId) =>
        (await log.RangeAsync(streamId, 1, ulong.MaxValue, 1000, CancellationToken.None))!;

    private static int Taps(IEnumerable<LogEntry> entries) =>
        entries.Where(entry => entry.EventType == LogEventTypes.StreamReacted)
            .Sum(entry => System.Text.Json.JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.ReactionsBatch)!.Counts.Values.Sum());

    private static Task WrittenAsync(NpgsqlDataSource database, ulong sequence) =>
        Eventually.UntilAsync("Postgres has the log", async () =>
        {
            await using var offset = database.CreateCommand("select sequence from log_offsets where shard = 0");
            return await offset.ExecuteScalarAsync() is long written && (ulong)written >= sequence;
        });

    private static async Task AssertStoredAsync(NpgsqlDataSource database, string streamId, string commentId, int taps)
    {
        await using var command = database.CreateCommand(
            """
            select streams.reaction_counts, streams.comment_count, streams.commenter_count, comments.reaction_counts, comments.top_score,
                (select count(*) from comment_reactions where comment_id = comments.id and is_set), (select sum(reactions) from stream_minutes where stream_id = $1), (select sum(comments) from stream_minutes where stream_id = $1)
            from streams join comments on comments.stream_id = streams.id and comments.id = $2 where streams.id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = streamId });
        command.Parameters.Add(new NpgsqlParameter { Value = long.Parse(commentId, System.Globalization.CultureInfo.InvariantCulture) });
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        Assert.Equal([0, taps, 0, 0, 0, 0], row.GetFieldValue<long[]>(0));
        Assert.Equal((2L, 1L), (row.GetInt64(1), row.GetInt64(2)));
        Assert.Equal([1, 0, 0, 0, 0, 0], row.GetFieldValue<int[]>(3));
        Assert.Equal((1, 1L, (long)taps, 2L), (row.GetInt32(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)));
    }
}
