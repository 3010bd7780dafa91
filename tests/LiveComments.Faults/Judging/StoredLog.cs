using System.Globalization;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Faults.Oracle;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Faults.Judging;

/// <summary>Reads the log itself: all comments of the run's streams, in its order, over all epochs.</summary>
static class StoredLog
{
    private const int NotFound = 404;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The last sequence of each epoch's log, oldest first.</summary>
    public static async Task<IReadOnlyList<Cursor>> EndsAsync(string nats)
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = nats });
        var jetStream = new NatsJSContext(connection);
        var ends = new List<Cursor>();
        await foreach (var stream in jetStream.ListStreamsAsync())
        {
            if (LogSubjects.EpochOf(stream.Info.Config.Name!, shard: 0) is { } epoch)
                ends.Add(new Cursor(epoch, (ulong)stream.Info.State.LastSeq));
        }

        ends.Sort();
        return ends;
    }

    /// <summary>Those of the damaged logs that a later epoch took the place of. Where none has begun the judge forgives nothing.</summary>
    public static async Task<IReadOnlyList<LogEnd>> LeftAsync(string nats, IEnumerable<LogEnd> damaged)
    {
        var newest = (await EndsAsync(nats))[^1].Epoch;
        return [.. damaged.Where(end => end.Cursor.Epoch < newest)];
    }

    /// <summary>The last entry of the epoch's log that can be read: nats-server counts one as the last that it found damaged.</summary>
    public static async Task<Cursor> LastReadableAsync(string nats, Cursor end)
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = nats });
        var stream = await new NatsJSContext(connection).GetStreamAsync(LogSubjects.StreamName(0, end.Epoch));
        for (var sequence = end.Sequence; sequence > 0; sequence--)
        {
            try
            {
                await stream.GetAsync(new StreamMsgGetRequest { Seq = sequence });
                return new Cursor(end.Epoch, sequence);
            }
            catch (NatsJSApiException exception) when (exception.Error.Code == NotFound)
            {
                // The one before it, then.
            }
        }

        return new Cursor(end.Epoch, 0);
    }

    public static async Task<List<StoredComment>> ReadAsync(string nats, IReadOnlyList<string> streams, string run, IEnumerable<LogEnd> ends)
    {
        var numbers = streams.Select((id, number) => (id, number)).ToDictionary(stream => stream.id, stream => stream.number);
        var comments = new List<StoredComment>();
        using var patience = new CancellationTokenSource(Patience);
        await using var connection = new NatsConnection(new NatsOpts { Url = nats, SubPendingChannelCapacity = 64 * 1024 });
        var jetStream = new NatsJSContext(connection);
        foreach (var last in await EndsAsync(nats))
        {
            // What came into a damaged log until it was sealed nobody reads, and behind a damaged entry nobody can.
            var end = ends.Where(end => end.Cursor.Epoch == last.Epoch).Select(end => end.Cursor).Append(last).Min();
            if (end.Sequence == 0)
                continue;
            var stream = await jetStream.GetStreamAsync(LogSubjects.StreamName(0, end.Epoch), cancellationToken: patience.Token);
            var consumer = await stream.CreateOrderedConsumerAsync(new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.All }, patience.Token);
            await foreach (var message in consumer.ConsumeAsync<byte[]>(cancellationToken: patience.Token))
            {
                var sequence = (ulong)message.Metadata!.Value.Sequence.Stream;
                if (message.Headers is { } headers && headers[LogHeaders.EventType].ToString() == LogEventTypes.CommentPosted && numbers.TryGetValue(LogSubjects.StreamIdOf(message.Subject), out var number))
                    comments.Add(Read(message, new Cursor(end.Epoch, sequence), number, run));
                if (sequence >= end.Sequence)
                    break;
            }
        }

        return comments;
    }

    private static StoredComment Read(INatsJSMsg<byte[]> message, Cursor cursor, int stream, string run)
    {
        using var body = JsonDocument.Parse(message.Data);
        var key = message.Headers!.TryGetValue(LogHeaders.IdempotencyKey, out var keys) ? keys.ToString() : null;
        // A later epoch takes comments over without the author's key, which nobody asks the log for any more.
        var isCarried = message.Headers.ContainsKey(LogHeaders.CarriedFrom);
        var text = body.RootElement.GetProperty("content").GetString()!;
        var post = isCarried ? Journal.PostOf(run, text) : Journal.PostOfKey(run, key);
        return new StoredComment(
            cursor, long.Parse(body.RootElement.GetProperty("id").GetString()!, CultureInfo.InvariantCulture), post, stream, post is { } number && text == Journal.TextOf(run, number), isCarried);
    }
}
