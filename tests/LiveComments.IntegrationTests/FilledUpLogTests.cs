using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.IntegrationTests;

/// <summary>A log that lost its end, and has as many entries again before anybody could compare: how far it goes proves nothing.</summary>
public sealed class FilledUpLogTests
{
    [Fact]
    public async Task Whoever_was_acknowledged_the_lost_entry_finds_it_out_and_neither_that_nor_what_took_its_place_is_lost()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "before");
        await path.Nats.KillAsync();
        path.Nats.CopyStore();
        await path.Nats.StartAsync();
        var lost = await Eventually.GetAsync("a comment is accepted again", async () =>
        {
            using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("lost by the log"), "lost");
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize(await answer.Content.ReadAsStreamAsync(), ContractsJson.Default.Comment) : null;
        });
        await Eventually.UntilAsync("Postgres has both", async () => (await path.StoredAsync(stream.Id)).Count == 2);

        // Api compares only when another, whom nobody would let wait in earnest, has appended already: what a client does that sends all that is under way at once.
        ProcessSignal.Send(path.Apis[0].ProcessId, "STOP");
        await path.Nats.KillAsync();
        path.Nats.RestoreStore();
        await path.Nats.StartAsync();
        var instead = new Comment { Id = "1001", StreamId = stream.Id, UserId = "ben", Username = "ben", Content = "in its place", CreatedAt = lost.CreatedAt, ReceivedAt = lost.ReceivedAt };
        Assert.True(Cursor.TryParse(lost.Cursor, out var place));
        Assert.Equal(place.Sequence, await AppendAsync(path.Nats.Url, instead));
        ProcessSignal.Send(path.Apis[0].ProcessId, "CONT");

        var after = await Eventually.GetAsync("a comment is accepted in the next epoch", async () =>
        {
            using var answer = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("after"), "after");
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize(await answer.Content.ReadAsStreamAsync(), ContractsJson.Default.Comment) : null;
        });
        Assert.StartsWith("2-", after.Cursor, StringComparison.Ordinal);
        await Eventually.UntilAsync("Postgres has all, each once", async () =>
            (await path.StoredAsync(stream.Id)).Select(comment => comment.Id).Order(StringComparer.Ordinal).SequenceEqual(new[] { first.Id, lost.Id, instead.Id, after.Id }.Order(StringComparer.Ordinal)));
    }

    private static async Task<ulong> AppendAsync(string url, Comment comment)
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = url });
        var options = new NatsJSPubOpts { MsgId = "in its place" };
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
