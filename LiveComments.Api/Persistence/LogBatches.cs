using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.JetStream;

namespace LiveComments.Api.Persistence;

/// <summary>Gathers entries into batches: whatever is there, up to a limit, and a short wait for company when there is little.</summary>
sealed class LogBatches : IAsyncDisposable
{
    /// <summary>Large enough that a transaction's fixed cost no longer shows; small enough to hold a lock for milliseconds.</summary>
    public const int MaxEntries = 2000;

    // Read ahead of Postgres by two batches, no more: a slow database must not fill the memory.
    private const int MaxReadAhead = 2 * MaxEntries;

    // A comment is stored this much later than it could be. At 10,000/s a third of that (20 ms) costs Postgres 11 instead of 9 µs a comment.
    private static readonly TimeSpan WaitForCompany = TimeSpan.FromMilliseconds(60);

    // A pull request that nats-server forgot in a restart is missed after half of this, and made again.
    private static readonly TimeSpan PullExpiry = TimeSpan.FromSeconds(2);

    private readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(MaxReadAhead) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stop;
    private readonly Task _pump;
    private readonly TimeProvider _clock;

    public LogBatches(INatsJSConsumer consumer, TimeProvider clock, CancellationToken cancellationToken)
    {
        _clock = clock;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _pump = PumpAsync(consumer, _stop.Token);
    }

    public async IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _entries.Reader.WaitToReadAsync(cancellationToken))
        {
            var batch = new List<LogEntry>();
            Take(batch);
            if (batch.Count < MaxEntries)
            {
                await Task.Delay(WaitForCompany, _clock, cancellationToken);
                Take(batch);
            }

            yield return batch;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        _stop.Dispose();
    }

    private void Take(List<LogEntry> batch)
    {
        while (batch.Count < MaxEntries && _entries.Reader.TryRead(out var entry))
            batch.Add(entry);
    }

    private async Task PumpAsync(INatsJSConsumer consumer, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        try
        {
            var options = new NatsJSConsumeOpts { MaxMsgs = MaxEntries, Expires = PullExpiry };
            await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: options, cancellationToken: cancellationToken))
                await _entries.Writer.WriteAsync(LogEntry.From(message), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Whatever ends the reading reaches the reader of the batches.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
        }

        _entries.Writer.TryComplete(fault ?? new IOException("The log's consumer ended."));
    }
}
