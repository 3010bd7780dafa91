using System.Runtime.CompilerServices;
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

    // Entries that are read at once; also how many of a window make the next one no wider.
    private const int Chunk = 500;

    // How many entries are looked at for each that is wanted, where some are not: a range with more is given up.
    private const int MaxLookedAtPerWanted = 20;

    // A reader whose process died, or could not say that it is done, is cleaned up by the server after this.
    private static readonly TimeSpan ReaderLifetime = TimeSpan.FromSeconds(30);

    // The server answers a direct get of a missing entry with this status.
    private const int NotFound = 404;

    /// <summary>The first entry at or after <paramref name="sequence"/> of the stream, or null when there is none.</summary>
    public static Task<LogEntry?> NextAsync(this LogHandle log, string streamId, ulong sequence, CancellationToken cancellationToken) =>
        log.NextOnAsync(LogSubjects.Append(log.Shard, log.Epoch, streamId), sequence, cancellationToken);

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
    public static Task<IReadOnlyList<LogEntry>?> RangeAsync(
        this LogHandle log, string streamId, ulong first, ulong last, int limit, CancellationToken cancellationToken) =>
        log.RangeAsync(streamId, first, last, limit, isWanted: null, cancellationToken);

    /// <summary>As above, of the entries that are wanted; null also when very many others lie between these.</summary>
    public static async Task<IReadOnlyList<LogEntry>?> RangeAsync(
        this LogHandle log, string streamId, ulong first, ulong last, int limit, Predicate<LogEntry>? isWanted, CancellationToken cancellationToken)
    {
        if (first > last)
            return [];
        var consumer = await log.OpenAsync(streamId, first, cancellationToken);
        var wanted = new List<LogEntry>();
        var lookedAt = 0;
        // Entries after the last one wanted are pending, too: they can only make the count larger, so look before giving up.
        await foreach (var entry in log.ReadAsync(consumer, last, cancellationToken))
        {
            if (isWanted is null || isWanted(entry))
                wanted.Add(entry);
            if (wanted.Count > limit || ++lookedAt > limit * MaxLookedAtPerWanted)
                return null;
        }

        return wanted;
    }

    /// <summary>The stream's entries from <paramref name="last"/> back to its first, piece by piece: the newest piece first, the entries of each in order.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<LogEntry>> BackwardsAsync(
        this LogHandle log, string streamId, ulong last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var window = FirstWindow; last > 0;)
        {
            var first = last >= window ? last - window + 1 : 1;
            var piece = await log.ReadAsync(await log.OpenAsync(streamId, first, cancellationToken), last, cancellationToken).ToListAsync(cancellationToken);
            yield return piece;
            last = first - 1;
            // Wider where entries are few, so that a quiet stream's are found in a few steps and a busy one's not all at once.
            if (piece.Count < Chunk)
                window *= WindowGrowth;
        }
    }

    /// <summary>The oldest <paramref name="count"/> entries of the stream from <paramref name="first"/> to <paramref name="last"/>, both included, in order.</summary>
    public static async Task<IReadOnlyList<LogEntry>> OldestAsync(
        this LogHandle log, string streamId, ulong first, ulong last, int count, CancellationToken cancellationToken) =>
        first > last ? [] : await log.ReadAsync(await log.OpenAsync(streamId, first, cancellationToken), last, cancellationToken).Take(count).ToListAsync(cancellationToken);

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
            {
                _ = log.ForgetAsync(consumer);
                continue;
            }

            var entries = await log.ReadAsync(consumer, last, cancellationToken).ToListAsync(cancellationToken);
            if (entries.Count >= count || first == 1)
                return entries.Count <= count ? entries : entries.GetRange(entries.Count - count, count);
        }
    }

    /// <summary>What moderators did, on whatever stream, from <paramref name="first"/> to what is the log's end now, in order.</summary>
    public static async IAsyncEnumerable<LogEntry> ModerationAsync(this LogHandle log, ulong first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var consumer = await log.OpenOnAsync(LogSubjects.AllModerationOf(log.Shard, log.Epoch), first, cancellationToken);
        await foreach (var entry in log.ReadAsync(consumer, ulong.MaxValue, cancellationToken))
            yield return entry;
    }

    /// <summary>The newest thing that moderators did about the stream, or that waits for them; null when there is none.</summary>
    public static Task<LogEntry?> LastModerationAsync(this LogHandle log, string streamId, CancellationToken cancellationToken) =>
        log.GetAsync(new StreamMsgGetRequest { LastBySubj = LogSubjects.Moderation(log.Shard, log.Epoch, streamId) }, cancellationToken);

    /// <summary>What moderators did about the stream, and what waits for them, from <paramref name="first"/> to what is the log's end now, in order.</summary>
    public static async IAsyncEnumerable<LogEntry> ModerationAsync(this LogHandle log, string streamId, ulong first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var consumer = await log.OpenOnAsync(LogSubjects.Moderation(log.Shard, log.Epoch, streamId), first, cancellationToken);
        await foreach (var entry in log.ReadAsync(consumer, ulong.MaxValue, cancellationToken))
            yield return entry;
    }

    private static Task<INatsJSConsumer> OpenAsync(this LogHandle log, string streamId, ulong first, CancellationToken cancellationToken) =>
        log.OpenOnAsync(LogSubjects.Append(log.Shard, log.Epoch, streamId), first, cancellationToken);

    private static async Task<INatsJSConsumer> OpenOnAsync(this LogHandle log, string subject, ulong first, CancellationToken cancellationToken) =>
        await log.Stream.CreateOrUpdateConsumerAsync(
            new ConsumerConfig
            {
                // Without a name the client asks on a subject that the server takes for a name and refuses.
                Name = $"reader-{Guid.NewGuid():N}",
                FilterSubject = subject,
                DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence,
                OptStartSeq = Math.Max(first, 1),
                AckPolicy = ConsumerConfigAckPolicy.None,
                MemStorage = true,
                InactiveThreshold = ReaderLifetime,
            },
            cancellationToken);

    /// <summary>What the consumer gives, up to that entry; then the server is told to forget it.</summary>
    /// <exception cref="TimeoutException">The server does not give what it has: it went away meanwhile, and the consumer with it.</exception>
    private static async IAsyncEnumerable<LogEntry> ReadAsync(this LogHandle log, INatsJSConsumer consumer, ulong last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var (next, left, isSure) = (consumer.Info.Config.OptStartSeq, consumer.Info.NumPending, false);
            while (left > 0)
            {
                // A damaged entry is counted and never comes: whoever asked for it would be kept waiting half a minute. So it is asked first whether there is one.
                if (!isSure && !(await log.NextOnAsync(consumer.Info.Config.FilterSubject!, next, cancellationToken) is { } there && there.Sequence <= last))
                    yield break;
                var got = 0;
                await foreach (var message in consumer.FetchNoWaitAsync<byte[]>(new NatsJSFetchOpts { MaxMsgs = Chunk }, cancellationToken: cancellationToken))
                {
                    var entry = LogEntry.From(message);
                    left--;
                    got++;
                    next = entry.Sequence + 1;
                    if (entry.Sequence > last)
                        yield break;
                    yield return entry;
                    if (entry.Sequence == last)
                        yield break;
                }

                if (got == 0)
                    throw new TimeoutException("The log did not give what it has.");
                isSure = got == Chunk;
            }
        }
        finally
        {
            // Nobody waits for it.
            _ = log.ForgetAsync(consumer);
        }
    }

    /// <summary>The server looks at every consumer there is for every entry that is appended: some thousands of them, and it does nothing else.</summary>
    private static async Task ForgetAsync(this LogHandle log, INatsJSConsumer consumer)
    {
        try
        {
            using var timeout = new CancellationTokenSource(LogConnection.RequestTimeout);
            await log.Stream.DeleteConsumerAsync(consumer.Info.Name, timeout.Token);
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The server forgets it by itself, only later.
        }
    }

    private static Task<LogEntry?> NextOnAsync(this LogHandle log, string subject, ulong sequence, CancellationToken cancellationToken) =>
        log.GetAsync(new StreamMsgGetRequest { Seq = Math.Max(sequence, 1), NextBySubj = subject }, cancellationToken);

    private static async Task<LogEntry?> GetAsync(this LogHandle log, StreamMsgGetRequest request, CancellationToken cancellationToken)
    {
        var message = await log.Stream.GetDirectAsync<byte[]>(request, cancellationToken: cancellationToken);
        return message.Headers?.Code == NotFound ? null : LogEntry.FromDirectGet(message);
    }
}
