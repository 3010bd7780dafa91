using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using Microsoft.Extensions.Options;
using NATS.Client.Core;

namespace LiveComments.Api.Reactions;

/// <summary>
/// Gathers reactions to streams, and appends them to the log as one entry for each stream and interval. What a process
/// that is killed has gathered since the last interval is lost: taps that nobody will ever count are not worth an entry each.
/// </summary>
/// <remarks>
/// 1. Each interval: every stream's counts become a batch with a message id of its own, and start again at zero.
/// 2. A batch that the log didn't acknowledge is tried again with the same message id at the next interval; meanwhile
///    its stream goes on gathering, and makes no second batch.
/// 3. The log recognises message ids for a limited time. A batch that is still unacknowledged after half of it is given
///    up: it may be there already, and would then be counted twice.
/// 4. At shutdown: the last interval ends early.
/// </remarks>
sealed partial class StreamReacting(LogAppender log, ReactionMetrics metrics, IOptions<LogOptions> options, TimeProvider clock, ILogger<StreamReacting> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Streams that are gathered for at once; more than all that are watched on one Api's share of a large deployment.
    private const int MaxStreams = 20_000;

    // Appends under way at once: enough to fill the way to nats-server, few enough not to crowd out comments.
    private const int MaxAppends = 64;

    // Of a shutdown's time; a log that doesn't answer by then gets nothing.
    private static readonly TimeSpan LastFlushTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeSpan _giveUpAfter = options.Value.DuplicateWindow / 2;
    private Dictionary<string, int[]> _gathered = new(StringComparer.Ordinal);
    private Dictionary<string, Batch> _unacknowledged = new(StringComparer.Ordinal);

    /// <summary>Counts one. False when so many streams are reacted to at once that this one has no room.</summary>
    public bool Add(string streamId, string type)
    {
        lock (_lock)
        {
            if (!_gathered.TryGetValue(streamId, out var counts))
            {
                if (_gathered.Count >= MaxStreams)
                    return false;
                _gathered[streamId] = counts = new int[Counts.Types];
            }

            counts[ReactionTypes.IndexOf(type)]++;
        }

        metrics.Posted(type);
        return true;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(LastFlushTimeout);
        try
        {
            // Twice: streams with an unacknowledged batch have more behind it.
            await FlushAsync(timeout.Token);
            await FlushAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                // To its end, whatever is stopping: half a flush would leave batches in doubt.
                await FlushAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var batches = TakeBatches();
        if (batches.Count == 0)
            return;
        var unacknowledged = new System.Collections.Concurrent.ConcurrentDictionary<string, Batch>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = MaxAppends, CancellationToken = cancellationToken }, async (batch, token) =>
        {
            var answer = await log.AppendAsync(batch.StreamId, LogEventTypes.StreamReacted, batch.Body, batch.MessageId, new NatsHeaders(), mustBeFirst: false, token);
            if (answer is AppendResult.Stored or AppendResult.Duplicate)
                return;
            if (clock.GetElapsedTime(batch.FirstTriedAt) < _giveUpAfter)
            {
                unacknowledged[batch.StreamId] = batch;
                return;
            }

            metrics.Dropped(batch.Reactions);
            GivenUp(batch.Reactions);
        });
        lock (_lock)
            _unacknowledged = new Dictionary<string, Batch>(unacknowledged, StringComparer.Ordinal);
    }

    private List<Batch> TakeBatches()
    {
        lock (_lock)
        {
            var batches = new List<Batch>(_unacknowledged.Values);
            var waiting = new Dictionary<string, int[]>(StringComparer.Ordinal);
            foreach (var (streamId, counts) in _gathered)
            {
                if (_unacknowledged.ContainsKey(streamId))
                    waiting[streamId] = counts;
                else
                    batches.Add(NewBatch(streamId, counts));
            }

            _gathered = waiting;
            return batches;
        }
    }

    private Batch NewBatch(string streamId, int[] counts)
    {
        var gathered = new ReactionsBatch(streamId, Counts.Named(counts), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return new Batch(
            streamId, JsonSerializer.SerializeToUtf8Bytes(gathered, ContractsJson.Wire.ReactionsBatch),
            MessageId.Of(LogEventTypes.StreamReacted, streamId, Guid.NewGuid().ToString()), counts.Sum(), clock.GetTimestamp());
    }

    private sealed record Batch(string StreamId, byte[] Body, string MessageId, int Reactions, long FirstTriedAt);

    [LoggerMessage(LogLevel.Warning, "{Reactions} reactions to a stream were given up: the log did not say in time whether it has them.")]
    private partial void GivenUp(int reactions);
}
