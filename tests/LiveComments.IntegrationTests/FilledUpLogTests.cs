using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>A log that lost its end, and has as many entries again before anybody could compare: how far it goes proves nothing.</summary>
public sealed class FilledUpLogTests
{
    [Fact]
    public async Task Whoever_was_acknowledged_the_lost_entry_finds_it_out_and_neither_that_nor_what_took_its_place_is_lost()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var (stream, first, lost) = await TellAsync(path, ada);

        // Api compares only when another, whom nobody would let wait in earnest, has appended already: what a client does that sends all that is under way at once.
        ProcessSignal.Send(path.Apis[0].ProcessId, "STOP");
        await path.Nats.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();
        var instead = ByBen(stream.Id, "1001", "in its place");
        Assert.True(Cursor.TryParse(lost.Cursor, out var place));
        Assert.Equal(place.Sequence, await AppendAsync(path.Nats.Url, instead));
        ProcessSignal.Send(path.Apis[0].ProcessId, "CONT");

        var after = await AcceptedAsync(ada, stream.Id, "after");
        Assert.StartsWith("2-", after.Cursor, StringComparison.Ordinal);
        await Eventually.UntilAsync("Postgres has all, each once", async () =>
            (await path.StoredAsync(stream.Id)).Select(comment => comment.Id).Order(StringComparer.Ordinal).SequenceEqual(new[] { first.Id, lost.Id, instead.Id, after.Id }.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("Redis")]
    [InlineData("Postgres")]
    public async Task When_the_process_that_was_acknowledged_it_is_dead_one_that_starts_hears_of_it(string from)
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var (stream, first, lost) = await TellAsync(path, ada);
        await Eventually.UntilAsync("Redis has been told", async () => KnownEntry.Parse(await path.Redis.GetAsync("log:0:acknowledged"))?.Place.ToString() == lost.Cursor);
        await path.Apis[0].KillAsync();
        await path.Nats.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();
        var instead = ByBen(stream.Id, "1001", "in its place");
        Assert.Equal(lost.Cursor, new Cursor(1, await AppendAsync(path.Nats.Url, instead)).ToString());
        if (from == "Redis")
        {
            await using var database = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
            await using var forget = database.CreateCommand("update log_offsets set last_entry = null");
            await forget.ExecuteNonQueryAsync();
        }
        else
        {
            await path.Redis.ForgetAsync("log:0:acknowledged");
        }

        await path.Apis[0].StartAsync();
        using var again = await path.ClientOfAsync("ada");
        var after = await AcceptedAsync(again, stream.Id, "after");
        Assert.StartsWith("2-", after.Cursor, StringComparison.Ordinal);
        await Eventually.UntilAsync("Postgres has all, each once", async () =>
            (await path.StoredAsync(stream.Id)).Select(comment => comment.Id).Order(StringComparer.Ordinal).SequenceEqual(new[] { first.Id, lost.Id, instead.Id, after.Id }.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task What_viewers_were_shown_and_nobody_was_acknowledged_is_missed_by_the_node_that_showed_it()
    {
        await using var path = await WritePath.StartAsync(fanouts: 1);
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "before");
        await Eventually.UntilAsync("Postgres has it", async () => (await path.StoredAsync(stream.Id)).Count == 1);
        await path.Nats.KillAsync();
        path.Nats.CopyStore();
        await path.Nats.StartAsync();
        using var viewers = new HttpClient { BaseAddress = path.Fanouts[0].Address };
        using var viewer = await Eventually.GetAsync("the node lets viewers in again", async () =>
        {
            try
            {
                return await EventStream.OpenAsync(viewers, stream.Id);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        });
        await viewer.NextAsync("the backfill");
        // Api neither hears of it nor writes it down.
        await path.Apis[0].KillAsync();
        var shown = new Cursor(1, await AppendAsync(path.Nats.Url, ByBen(stream.Id, "1001", "shown")));
        await Eventually.UntilAsync("the viewer is shown it", async () =>
        {
            await viewer.NextAsync("news");
            return viewer.LastEventId == shown.ToString();
        });

        await path.Nats.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();
        var instead = ByBen(stream.Id, "1002", "in its place");
        Assert.Equal(shown.Sequence, await AppendAsync(path.Nats.Url, instead));
        await path.Apis[0].StartAsync();
        using var later = await path.ClientOfAsync("ada");
        await Eventually.UntilAsync("the next epoch has begun", async () =>
            (await AcceptedAsync(later, stream.Id, "after")).Cursor!.StartsWith("2-", StringComparison.Ordinal));
        var back = await Eventually.GetAsync("the viewer is told to begin anew", async () =>
        {
            using var again = await EventStream.OpenAsync(viewers, stream.Id, shown.ToString());
            var message = await again.NextAsync("the first message");
            return message.Type == ServerMessageTypes.Reset ? (await again.NextAsync("the backfill")).Payload.Deserialize(ContractsJson.Default.CommentsBatch) : null;
        });
        Assert.Equal([first.Id, instead.Id], back.Comments.Take(2).Select(comment => comment.Id));
    }

    /// <summary>Two comments, of which the store's copy has the first.</summary>
    private static async Task<(LiveStream Stream, Comment Kept, Comment Lost)> TellAsync(WritePath path, HttpClient author)
    {
        var stream = await RunningSystem.NewStreamAsync(author);
        var kept = await RunningSystem.PostAcceptedAsync(author, stream.Id, "before");
        await path.Nats.KillAsync();
        path.Nats.CopyStore();
        await path.Nats.StartAsync();
        var lost = await AcceptedAsync(author, stream.Id, "lost by the log");
        await Eventually.UntilAsync("Postgres has both", async () => (await path.StoredAsync(stream.Id)).Count == 2);
        return (stream, kept, lost);
    }

    private static Comment ByBen(string streamId, string id, string content)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return new Comment { Id = id, StreamId = streamId, UserId = "ben", Username = "ben", Content = content, CreatedAt = now, ReceivedAt = now };
    }

    private static Task<Comment> AcceptedAsync(HttpClient author, string streamId, string content)
    {
        var key = Guid.NewGuid().ToString("N");
        return Eventually.GetAsync("a comment is accepted", async () =>
        {
            using var answer = await RunningSystem.PostAsync(author, streamId, new PostComment(content), key);
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize(await answer.Content.ReadAsStreamAsync(), ContractsJson.Default.Comment) : null;
        });
    }

    private static async Task<ulong> AppendAsync(string url, Comment comment)
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = url });
        var options = new NatsJSPubOpts { MsgId = comment.Content };
        var headers = new NatsHeaders { [LogHeaders.EventType] = LogEventTypes.CommentPosted };
        PubAckResponse? answer = null;
        await Eventually.UntilAsync("the log takes it", async () =>
        {
            try
            {
                answer = await new NatsJSContext(nats).PublishAsync(
                    LogSubjects.Append(0, 1, comment.StreamId), JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), opts: options, headers: headers);
                return answer.Error is null;
            }
            catch (NatsException)
            {
                // The server is there before its logs are.
                return false;
            }
        });
        return answer!.Seq;
    }
}
