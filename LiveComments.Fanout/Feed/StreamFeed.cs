using System.Threading.Channels;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.Feed;

/// <summary>
/// Brings one live stream's entries, each once, in order and without holes.
/// </summary>
/// <remarks>
/// Core NATS is fast and drops silently: a slow subscriber, a lost connection. So each message says which entry of the
/// stream came before it, and:
/// 1. subscribe; 2. ask the log for its newest entry, which is where this feed begins; 3. skip what is not newer;
/// 4. when the entry before a message is not the one that was delivered last, read the hole from the log first;
/// 5. when nothing came for a while, ask the log for its newest entry: the last message may be the one that was lost.
/// </remarks>
sealed partial class StreamFeed : IAsyncDisposable
{
    // A message that was dropped and has no successor is found after this: the design's bound for a repaired hole.
    private static readonly TimeSpan TailCheckInterval = TimeSpan.FromSeconds(2);

    private readonly string _streamId;
    private readonly LogHandle _log;
    private readonly INatsSub<byte[]> _subscription;
    private readonly FeedMetrics _metrics;
    private readonly LogWitness _witness;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private ulong _delivered;
    private volatile CancellationTokenSource? _idle;

    private StreamFeed(string streamId, LogHandle log, INatsSub<byte[]> subscription, IReadOnlyList<LogEntry> newest, LogWitness witness, FeedMetrics metrics, TimeProvider clock, ILogger logger)
    {
        (_streamId, _log, _subscription, _witness, _metrics, _clock, _logger) = (streamId, log, subscription, witness, metrics, clock, logger);
        Newest = newest;
        _delivered = newest[^1].Sequence;
        witness.Note(log.Epoch, newest[^1]);
    }

    /// <summary>What lies before the feed's first entry, newest last, as <see cref="Past"/> reads it; never empty.</summary>
    public IReadOnlyList<LogEntry> Newest { get; }

    /// <summary>Null when there is no such stream.</summary>
    public static async Task<StreamFeed?> OpenAsync(
        string streamId, LogHandle log, INatsConnection nats, LogWitness witness, FeedMetrics metrics, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        if (await log.LastAsync(streamId, cancellationToken) is null)
            return null;
        var subscription = await nats.SubscribeCoreAsync<byte[]>(LogSubjects.Live(log.Shard, log.Epoch, streamId), cancellationToken: cancellationToken);
        try
        {
            // Asked again: what was appended before the subscription stood is in this answer, what comes after it in the subscription.
            await nats.PingAsync(cancellationToken);
            var last = await log.LastAsync(streamId, cancellationToken) ?? throw new InvalidDataException($"The newest entry of {streamId} vanished.");
            return new StreamFeed(streamId, log, subscription, await Past.ReadAsync(log, streamId, last, cancellationToken), witness, metrics, clock, logger);
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands every newer entry to <paramref name="deliver"/>, until cancelled. It is never called twice at once.</summary>
    public async Task RunAsync(Action<LogEntry> deliver, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await PumpAsync(deliver, cancellationToken);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
            {
                // The log is away: what was delivered stays delivered, the rest is read when it is back.
                FeedInterrupted(exception.Message);
                await Task.Delay(TailCheckInterval, _clock, cancellationToken);
            }
        }
    }

    /// <summary>Somebody misses something: looks whether the last message was lost, as it otherwise does when nothing came for a while.</summary>
    public void LookNow()
    {
        try
        {
            _idle?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Something has just come.
        }
    }

    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    private async Task PumpAsync(Action<LogEntry> deliver, CancellationToken cancellationToken)
    {
        await RepairTailAsync(deliver, cancellationToken);
        while (true)
        {
            using var idle = new CancellationTokenSource(TailCheckInterval, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
            _idle = idle;
            try
            {
                if (!await _subscription.Msgs.WaitToReadAsync(either.Token))
                    throw new IOException("The subscription ended.");
            }
            catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                await RepairTailAsync(deliver, cancellationToken);
                continue;
            }

            while (_subscription.Msgs.TryRead(out var message))
                await AcceptAsync(message, deliver, cancellationToken);
        }
    }

    private async ValueTask AcceptAsync(NatsMsg<byte[]> message, Action<LogEntry> deliver, CancellationToken cancellationToken)
    {
        var entry = LogEntry.FromHeaders(message.Subject, message.Data, message.Headers);
        if (entry.Sequence <= _delivered)
            return;
        var before = LogEntry.Number(message.Headers, LogHeaders.LastSequence);
        if (before != _delivered)
            await RepairAsync(entry.Sequence - 1, deliver, cancellationToken);
        // Whatever lay between and is not in the log any more can't be had: said aloud, since it must never happen silently.
        if (before > _delivered)
        {
            _metrics.Lost();
            EntriesLost(_streamId, _delivered, before);
            Deliver(FeedGap.Of(_streamId, _log.Epoch, _delivered, before), deliver);
        }

        Deliver(entry, deliver);
    }

    private async Task RepairTailAsync(Action<LogEntry> deliver, CancellationToken cancellationToken)
    {
        var last = await _log.LastAsync(_streamId, cancellationToken);
        if (last is not null && last.Sequence > _delivered)
            await RepairAsync(last.Sequence, deliver, cancellationToken);
    }

    private async Task RepairAsync(ulong until, Action<LogEntry> deliver, CancellationToken cancellationToken)
    {
        var repaired = 0;
        // One by one: a hole is small, and a direct get answers in a fraction of a millisecond.
        while (await _log.NextAsync(_streamId, _delivered + 1, cancellationToken) is { } entry && entry.Sequence <= until)
        {
            Deliver(entry, deliver);
            repaired++;
        }

        _metrics.Repaired(_streamId, repaired);
    }

    private void Deliver(LogEntry entry, Action<LogEntry> deliver)
    {
        if (entry.Sequence <= _delivered)
            throw new InvalidDataException($"Stream {_streamId} went from {_delivered} to {entry.Sequence}.");
        _delivered = entry.Sequence;
        _witness.Note(_log.Epoch, entry);
        deliver(entry);
    }

    [LoggerMessage(LogLevel.Warning, "A feed was interrupted and goes on: {Reason}")]
    private partial void FeedInterrupted(string reason);

    [LoggerMessage(LogLevel.Error, "Entries of stream {StreamId} after {Delivered} and up to {Before} are no longer in the log.")]
    private partial void EntriesLost(string streamId, ulong delivered, ulong before);
}
