using LiveComments.Contracts;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>Reads entries of one live stream straight from the log.</summary>
public static class LogReader
{
    // The first window that is looked at for "the last n", and how much wider each next one is: few streams are so quiet
    // that their last entries lie further back than a few steps of this.
    private const ulong FirstWindow = 64;
    private const ulong WindowGrowth = 8;

    // A reader that its process forgot is cleaned up by the server after this.
    private static readonly TimeSpan ReaderLifetime = TimeSpan.FromSeconds(30);

    // The server answers a direct get of a missing entry with this status.
    private const int NotFound = 404;

    /// <summary>The first entry at or after <paramref name="sequence"/> of the stream, or null when there is none.</summary>
    public static Task<LogEntry?> NextAsync(this LogHandle log, string streamId, ulong sequence, CancellationToken cancellationToken) =>
        log.GetAsync(new StreamMsgGetRequest { Seq = Math.Max(sequence, 1), NextBySubj = LogSubjects.Append(log.Shard, log.Epoch, streamId) }, cancellationToken);

    /// <summary>The newest entry of the stream, or null when there is none.</summary>
    public static Task<LogEntry?> LastAsync(this LogHandle log, string streamId, CancellationToken cancellationToken) =>
        log.GetAsync(new StreamMsgGetRequest { LastBySubj = LogSubjects.Append(log.Shard, log.Epoch, streamId) }, cancellationToken);

    /// <summary>What was decided last about the stream, or null when nothing was.</summary>
    public static Task<LogEntry?> LastControlAsync(this LogHandle log, string streamId, CancellationToken cancellationToken) =>
        log.GetAsync(new StreamMsgGetRequest { LastBySubj = LogSubjects.Control(log.Shard, log.Epoch, streamId) }, cancellationToken);

    /// <summary>Whether the log has what it takes over from the epoch before. The first takes over nothing.</summary>
    public static async Task<bool> HasBegunAsync(this LogHandle log, CancellationToken cancellationToken) =>
        log.Epoch == 1 || await log.GetAsync(new StreamMsgGetRequest { LastBySubj = LogSubjects.Begun(log.Shard, log.Epoch) }, cancellationToken) is not null;

    /// <summary>The entry with that sequence, of whatever stream, or null when it is gone.</summary>
    public static Task<LogEntry?> AtAsync(this LogHandle log, ulong sequence, CancellationToken cancellationToken) =>
        log.GetAsync(new StreamMsgGetRequest { Seq = sequence }, cancellationToken);

    /// <summary>
    /// The stream's entries from <paramref name="first"/> to <paramref name="last"/>, both included, in order; null when
    /// there are more than <paramref name="limit"/>.
    /// </summary>
    public static async Task<IReadOnlyList<LogEntry>?> RangeAsync(
        this LogHandle log, string streamId, ulong first, ulong last, int limit, CancellationToken cancellationToken)
    {
        // Entries after the last one wanted are pending, too: they can only make the count larger, so look before giving up.
        var entries = await log.OldestAsync(streamId, first, last, limit + 1, cancellationToken);
        return entries.Count > limit ? null : entries;
    }

    /// <summary>The oldest <paramref name="count"/> entries of the stream from <paramref name="first"/> to <paramref name="last"/>, both included, in order.</summary>
    public static async Task<IReadOnlyList<LogEntry>> OldestAsync(
        this LogHandle log, string streamId, ulong first, ulong last, int count, CancellationToken cancellationToken) =>
        first > last ? [] : await ReadAsync(await log.OpenAsync(streamId, first, cancellationToken), last, count, cancellationToken);

    /// <summary>The newest <paramref name="count"/> entries of the stream up to <paramref name="last"/>, oldest first.</summary>
    public static async Task<IReadOnlyList<LogEntry>> NewestAsync(
        this LogHandle log, string streamId, ulong last, int count, CancellationToken cancellationToken)
    {
        // 1. Look at a window before the last entry; the server says how many entries of this stream lie in it.
        // 2. Too few: widen the window, until it reaches the log's beginning.
        // 3. Read the window and keep its newest entries.
        for (var window = FirstWindow; ; window *= WindowGrowth)
        {
            var first = last >= window ? last - window + 1 : 1;
            var consumer = await log.OpenAsync(streamId, first, cancellationToken);
            if (consumer.Info.NumPending < (ulong)count && first > 1)
                continue;
            var entries = await ReadAsync(consumer, last, int.MaxValue, cancellationToken);
            if (entries.Count >= count || first == 1)
                return entries.Count <= count ? entries : entries.GetRange(entries.Count - count, count);
        }
    }

    private static async Task<INatsJSConsumer> OpenAsync(this LogHandle log, string streamId, ulong first, CancellationToken cancellationToken) =>
        await log.Stream.CreateOrUpdateConsumerAsync(
            new ConsumerConfig
            {
                // Without a name the client asks on a subject that the server takes for a name and refuses.
                Name = $"reader-{Guid.NewGuid():N}",
                FilterSubject = LogSubjects.Append(log.Shard, log.Epoch, streamId),
                DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence,
                OptStartSeq = Math.Max(first, 1),
                AckPolicy = ConsumerConfigAckPolicy.None,
                MemStorage = true,
                InactiveThreshold = ReaderLifetime,
            },
            cancellationToken);

    private static async Task<List<LogEntry>> ReadAsync(INatsJSConsumer consumer, ulong last, int limit, CancellationToken cancellationToken)
    {
        const int Chunk = 500;
        var entries = new List<LogEntry>();
        var left = consumer.Info.NumPending;
        while (left > 0)
        {
            var before = entries.Count;
            await foreach (var message in consumer.FetchNoWaitAsync<byte[]>(new NatsJSFetchOpts { MaxMsgs = Chunk }, cancellationToken: cancellationToken))
            {
                var entry = LogEntry.From(message);
                left--;
                if (entry.Sequence > last)
                    return entries;
                entries.Add(entry);
                if (entries.Count >= limit || entry.Sequence == last)
                    return entries;
            }

            // The server had nothing more to give (entries aged away meanwhile).
            if (entries.Count == before)
                return entries;
        }

        return entries;
    }

    private static async Task<LogEntry?> GetAsync(this LogHandle log, StreamMsgGetRequest request, CancellationToken cancellationToken)
    {
        var message = await log.Stream.GetDirectAsync<byte[]>(request, cancellationToken: cancellationToken);
        return message.Headers?.Code == NotFound ? null : LogEntry.FromDirectGet(message);
    }
}
