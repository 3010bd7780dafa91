using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;
using NATS.Client.Core;
using StackExchange.Redis;

namespace LiveComments.Api.Log;

/// <summary>
/// How far the log has gone, and which entry was acknowledged last, as Redis remembers it for all processes and for those that start later: two small
/// keys a shard. The first alone says nothing of a log that lost its end and was filled up again.
/// </summary>
sealed class LogMark(IConnectionMultiplexer redis)
{
    // Several processes write: the mark only grows. 2^53 sequences are exact in Lua.
    private const string Advance =
        """
        local epoch, sequence = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+)-(%d+)')
        epoch, sequence = tonumber(epoch or 0), tonumber(sequence or 0)
        local new_epoch, new_sequence = tonumber(ARGV[1]), tonumber(ARGV[2])
        if new_epoch > epoch or (new_epoch == epoch and new_sequence > sequence) then
          redis.call('SET', KEYS[1], ARGV[3])
        end
        """;

    public async Task<Cursor?> ReadAsync(int shard, CancellationToken cancellationToken) =>
        Cursor.TryParse(await redis.GetDatabase().StringGetAsync(Key(shard)).WaitAsync(cancellationToken), out var cursor) ? cursor : null;

    public Task WriteAsync(int shard, Cursor newest, CancellationToken cancellationToken) =>
        redis.GetDatabase().ScriptEvaluateAsync(Advance, [Key(shard)], [newest.Epoch, newest.Sequence, newest.ToString()]).WaitAsync(cancellationToken);

    /// <summary>The newest entry that was acknowledged to any process; null when none is remembered.</summary>
    public async Task<KnownEntry?> ReadAcknowledgedAsync(int shard, CancellationToken cancellationToken) =>
        KnownEntry.Parse(await redis.GetDatabase().StringGetAsync(AcknowledgedKey(shard)).WaitAsync(cancellationToken));

    public Task WriteAcknowledgedAsync(int shard, KnownEntry newest, CancellationToken cancellationToken) =>
        redis.GetDatabase().ScriptEvaluateAsync(Advance, [AcknowledgedKey(shard)], [newest.Place.Epoch, newest.Place.Sequence, newest.ToString()]).WaitAsync(cancellationToken);

    private static RedisKey Key(int shard) => $"log:{shard}";

    private static RedisKey AcknowledgedKey(int shard) => $"log:{shard}:acknowledged";
}

/// <summary>Keeps the mark fresh: every second, and at once when nats-server goes away, for then the mark is about to be needed.</summary>
sealed class LogMarkWriter(LogMark mark, LogTrust trust, INatsConnection nats, TimeProvider clock) : BackgroundService
{
    // What a process that dies has not told: appends of this long. Postgres has most of them by then.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // An acknowledgement that came with nats-server's last breath is noted a moment after its end; others compare as soon as it is back.
    private static readonly TimeSpan IntervalInDoubt = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var wake = new SemaphoreSlim(0, 1);
        ValueTask WakeAsync(object? sender, NatsEventArgs args)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is awake.
            }

            return default;
        }

        nats.ConnectionDisconnected += WakeAsync;
        try
        {
            Cursor? written = null;
            KnownEntry? writtenAcknowledged = null;
            while (true)
            {
                var acknowledged = trust.Acknowledged;
                if (trust.Highest is { } newest && newest != written && await TryWriteAsync(token => mark.WriteAsync(LogKeeper.Shard, newest, token), stoppingToken))
                    written = newest;
                if (acknowledged is not null && acknowledged != writtenAcknowledged
                    && await TryWriteAsync(token => mark.WriteAcknowledgedAsync(LogKeeper.Shard, acknowledged, token), stoppingToken))
                    writtenAcknowledged = acknowledged;
                await wake.WaitAsync(trust.IsInDoubt ? IntervalInDoubt : Interval, stoppingToken);
            }
        }
        finally
        {
            nats.ConnectionDisconnected -= WakeAsync;
        }
    }

    private async Task<bool> TryWriteAsync(Func<CancellationToken, Task> write, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(WriteTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stoppingToken);
        try
        {
            await write(either.Token);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested && (RedisFailures.IsAway(exception) || exception is OperationCanceledException))
        {
            // Redis is away; admission says so aloud.
            return false;
        }
    }
}
