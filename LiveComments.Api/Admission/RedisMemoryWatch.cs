using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>
/// Knows how far back Redis remembers idempotency keys. Redis forgets: when it is flushed, when it restarts (its
/// append-only file may lack the last second, a snapshot more), when a replica takes over, when it evicts.
/// </summary>
/// <remarks>
/// Why a key that Redis doesn't know is new, when it says so under a mark that covers the key's stream:
/// 1. The mark lies in Redis beside the keys: the moment from which on nothing was forgotten, and a fingerprint of the Redis
///    that said so (its runs and what they have evicted). It is read each second and after each reconnect; where it
///    is missing or has another fingerprint, a new one that begins now takes its place.
/// 2. A flush takes the mark with it. Each admission with a key compares the mark with the one this process knows, in the
///    same step in which it looks for the key: so nothing is believed between a flush and the next reading.
/// 3. A restart or a new primary breaks connections. From that moment on nothing is known until it is read again, and an
///    admission that was under way then is not believed either: <see cref="IsUnbroken"/> is asked when it returns.
/// 4. An eviction is noticed within a second. For that second a key that was evicted may be taken for a new one; the log
///    still recognises those of its duplicate window, and those are the ones that are retried. A Redis for this should
///    not evict at all.
/// 5. On Redis Cluster the mark lies on one node, and is not compared at each admission: a flush, too, is noticed within a
///    second there, and that of another node alone by nobody.
/// 6. A mark is believed for streams that began after it, and for all streams once it is as old as a key is remembered.
/// </remarks>
sealed partial class RedisMemoryWatch(IConnectionMultiplexer redis, TimeProvider clock, ILogger<RedisMemoryWatch> logger) : BackgroundService
{
    public static readonly RedisKey MarkKey = "admission:since";

    private static readonly TimeSpan ReadPause = TimeSpan.FromSeconds(1);

    // Of some answers that each take a millisecond.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(1);

    // The first characters of a run's id, which is random, tell it from others.
    private const int RunIdLength = 12;

    private readonly SemaphoreSlim _readNow = new(0, 1);
    private volatile RedisMemory? _current;
    private int _breaks;

    /// <summary>Null while nothing is known.</summary>
    public RedisMemory? Current => _current;

    /// <summary>Whether no connection has broken since what is known was read.</summary>
    public bool IsUnbroken(RedisMemory memory) => memory.Breaks == Volatile.Read(ref _breaks);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionFailed += ConnectionBroke;
        redis.ConnectionRestored += ConnectionCameBack;
        try
        {
            while (true)
            {
                await ReadAsync(stoppingToken);
                await _readNow.WaitAsync(ReadPause, stoppingToken);
            }
        }
        finally
        {
            redis.ConnectionFailed -= ConnectionBroke;
            redis.ConnectionRestored -= ConnectionCameBack;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _current = await ReadOnceAsync(Volatile.Read(ref _breaks)).WaitAsync(ReadTimeout, clock, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was: not to know is always safe, and costs a look into Postgres.
            if (_current is not null)
                MemoryIsUnknown(exception.Message);
            _current = null;
        }
    }

    private async Task<RedisMemory> ReadOnceAsync(int breaks)
    {
        var primaries = redis.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }).ToList();
        if (primaries.Count == 0)
            throw new RedisException("No primary is connected.");
        var runs = await Task.WhenAll(primaries.Select(RunAsync));
        var fingerprint = string.Join(',', runs.Order(StringComparer.Ordinal));
        var database = redis.GetDatabase();
        // 1. After the fingerprint: what is forgotten between the two shows in the next fingerprint.
        string? mark = await database.StringGetAsync(MarkKey);
        var now = clock.GetUtcNow();
        if (RedisMemory.SinceOf(mark, fingerprint) is not { } since)
        {
            (mark, since) = (RedisMemory.NewMark(now, fingerprint), now);
            await database.StringSetAsync(MarkKey, mark);
            MemoryBegins(fingerprint);
        }

        return new RedisMemory(mark!, primaries.Exists(server => server.ServerType == ServerType.Cluster), since, now, breaks);
    }

    // Said as a plain command: the client's own method for it is kept for administrators, who may do more than this needs.
    private static async Task<string> RunAsync(IServer server)
    {
        var (run, evicted) = (await FieldAsync(server, "server", "run_id"), await FieldAsync(server, "stats", "evicted_keys"));
        return $"{run[..Math.Min(run.Length, RunIdLength)]}:{evicted}";
    }

    private static async Task<string> FieldAsync(IServer server, string section, string field)
    {
        var text = (string?)await server.ExecuteAsync("INFO", section) ?? "";
        // run_id:0123456789abcdef…
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal) && line.Length > field.Length && line[field.Length] == ':');
        return line?[(field.Length + 1)..].Trim() ?? throw new RedisException($"Redis does not say its {field}.");
    }

    private void ConnectionBroke(object? sender, ConnectionFailedEventArgs failure)
    {
        Interlocked.Increment(ref _breaks);
        _current = null;
    }

    private void ConnectionCameBack(object? sender, ConnectionFailedEventArgs restored)
    {
        ConnectionBroke(sender, restored);
        try
        {
            _readNow.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is going to be read anyway.
        }
    }

    [LoggerMessage(LogLevel.Information, "Redis's memory of idempotency keys begins now ({Fingerprint}); for streams that began before, Postgres is asked too.")]
    private partial void MemoryBegins(string fingerprint);

    [LoggerMessage(LogLevel.Warning, "How far back Redis remembers is not known; Postgres is asked about idempotency keys. {Reason}")]
    private partial void MemoryIsUnknown(string reason);
}
