using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Analytics;

/// <summary>
/// How many comments this process refused, by stream and minute. They lie in no log, so each process writes its own
/// count, whole and not what it grew by: written twice, or by a statement that nobody knows the end of, it is the same.
/// What a process refused in its last two seconds is lost when it is killed.
/// </summary>
sealed partial class RefusalCounts(NpgsqlDataSource database, TimeProvider clock, ILogger<RefusalCounts> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // Nobody waits for it; a Postgres that is away gets the counts when it is back.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);

    // Counts of a stream's minute that are kept until they are over and written; some 5 MB. While there are more, new ones are not counted.
    private const int MaxCounts = 50_000;

    private const long MinuteMs = 60_000;

    // Tells this process's rows from those of all others, and of those before it.
    private readonly Guid _process = Guid.NewGuid();
    private readonly Lock _lock = new();
    private readonly Dictionary<(string StreamId, long Minute), Refusals> _counts = [];

    /// <summary>A comment on that stream was refused now.</summary>
    public void Count(string streamId)
    {
        var key = (streamId, clock.GetUtcNow().ToUnixTimeMilliseconds() / MinuteMs);
        lock (_lock)
        {
            if (!_counts.TryGetValue(key, out var refusals))
            {
                if (_counts.Count >= MaxCounts)
                    return;
                _counts[key] = refusals = new Refusals();
            }

            refusals.Count++;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryWriteAsync();
        }
        catch (OperationCanceledException)
        {
        }

        await TryWriteAsync();
    }

    private async Task TryWriteAsync()
    {
        try
        {
            await WriteAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            NotWritten(exception.Message);
        }
    }

    /// <summary>Writes what has grown.</summary>
    public async Task WriteAsync()
    {
        (string StreamId, long Minute, int Count)[] grown;
        lock (_lock)
            grown = [.. from count in _counts where count.Value.Count > count.Value.Written orderby count.Key select (count.Key.StreamId, count.Key.Minute, count.Value.Count)];
        if (grown.Length > 0)
        {
            using var timeout = new CancellationTokenSource(WriteTimeout, clock);
            await using var command = database.CreateCommand(
                """
                insert into stream_refusals as kept (stream_id, minute, process, refused) select stream_id, minute, $4, refused from unnest($1, $2, $3) as row (stream_id, minute, refused)
                on conflict (stream_id, minute, process) do update set refused = greatest(kept.refused, excluded.refused)
                """);
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(grown, row => row.StreamId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(grown, row => DateTimeOffset.FromUnixTimeMilliseconds(row.Minute * MinuteMs)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(grown, row => row.Count), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            command.Parameters.Add(new NpgsqlParameter { Value = _process });
            await command.ExecuteNonQueryAsync(timeout.Token);
        }

        Written(grown);
    }

    private void Written((string StreamId, long Minute, int Count)[] grown)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() / MinuteMs;
        lock (_lock)
        {
            foreach (var (streamId, minute, count) in grown)
                _counts[(streamId, minute)].Written = count;
            // The minute before may still be counted by who looked at the clock a moment ago.
            foreach (var (key, refusals) in _counts)
            {
                if (key.Minute < now - 1 && refusals.Written == refusals.Count)
                    _counts.Remove(key);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "How many comments were refused can't be written now: {Reason}")]
    private partial void NotWritten(string reason);

    private sealed class Refusals
    {
        public int Count { get; set; }

        public int Written { get; set; }
    }
}
