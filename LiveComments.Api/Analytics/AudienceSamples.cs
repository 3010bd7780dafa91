using LiveComments.ServiceDefaults.Presence;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Analytics;

/// <summary>
/// Who watches, minute by minute. Every Api process hears the same from the nodes and looks for itself; of several rows for a
/// minute the one stays that was made of most looks, so it matters neither how many look nor which of them began late.
/// </summary>
sealed partial class AudienceSamples(NpgsqlDataSource database, ViewerCounts viewers, TimeProvider clock, ILogger<AudienceSamples> logger) : BackgroundService
{
    // As often as each node says everything: six times a minute.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Postgres that is away gets a minute when it is back, or not at all: nobody waits for it.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);

    // Rows that wait for a Postgres that is away; some 20 MB. Later ones are lost then.
    private const int MaxWaiting = 200_000;

    private const long MinuteMs = 60_000;

    private readonly Lock _lock = new();
    private readonly List<Row> _waiting = [];
    private Dictionary<string, (long Sum, int Peak)> _streams = new(StringComparer.Ordinal);
    private long _minute;
    private int _looks;

    /// <summary>What this minute is like so far, this moment included.</summary>
    public Row? Now(string streamId)
    {
        var (now, watching) = (clock.GetUtcNow().ToUnixTimeMilliseconds() / MinuteMs, viewers.Of(streamId));
        lock (_lock)
        {
            var (seen, looks) = _minute == now ? (_streams.GetValueOrDefault(streamId), _looks) : (default, 0);
            return watching == 0 && seen.Peak == 0 ? null : new Row(streamId, now, (double)(seen.Sum + watching) / (looks + 1), Math.Max(seen.Peak, watching), looks + 1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync();
        }
        catch (OperationCanceledException)
        {
        }

        // The minute that is under way ends here.
        lock (_lock)
            End_NeedsLock();
        await TryWriteAsync();
    }

    /// <summary>One look; writes the minute before when it is the first of a new one.</summary>
    public async Task LookAsync()
    {
        var (now, all) = (clock.GetUtcNow().ToUnixTimeMilliseconds() / MinuteMs, viewers.All());
        lock (_lock)
        {
            if (_minute != now)
            {
                End_NeedsLock();
                (_minute, _looks, _streams) = (now, 0, new Dictionary<string, (long, int)>(StringComparer.Ordinal));
            }

            _looks++;
            foreach (var (streamId, watching) in all)
            {
                var (sum, peak) = _streams.GetValueOrDefault(streamId);
                _streams[streamId] = (sum + watching, Math.Max(peak, watching));
            }
        }

        await TryWriteAsync();
    }

    // In one order everywhere, so that two processes never wait for each other in a circle.
    private void End_NeedsLock()
    {
        foreach (var (streamId, (sum, peak)) in _streams.OrderBy(stream => stream.Key, StringComparer.Ordinal).Take(MaxWaiting - _waiting.Count))
            _waiting.Add(new Row(streamId, _minute, (double)sum / _looks, peak, _looks));
        _streams = [];
        _looks = 0;
    }

    private async Task TryWriteAsync()
    {
        Row[] rows;
        lock (_lock)
            rows = [.. _waiting];
        if (rows.Length == 0)
            return;
        try
        {
            await WriteAsync(rows);
            lock (_lock)
                _waiting.RemoveRange(0, rows.Length);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            NotWritten(exception.Message);
        }
    }

    private async Task WriteAsync(Row[] rows)
    {
        using var timeout = new CancellationTokenSource(WriteTimeout, clock);
        await using var command = database.CreateCommand(
            """
            insert into stream_audience as kept (stream_id, minute, viewers, peak, samples) select distinct on (stream_id, minute) * from unnest($1, $2, $3, $4, $5) as row (stream_id, minute, viewers, peak, samples)
            on conflict (stream_id, minute) do update set viewers = excluded.viewers, peak = greatest(kept.peak, excluded.peak), samples = excluded.samples where kept.samples < excluded.samples
            """);
        Add(NpgsqlDbType.Text, Array.ConvertAll(rows, row => row.StreamId));
        Add(NpgsqlDbType.TimestampTz, Array.ConvertAll(rows, row => DateTimeOffset.FromUnixTimeMilliseconds(row.Minute * MinuteMs)));
        Add(NpgsqlDbType.Double, Array.ConvertAll(rows, row => row.Viewers));
        Add(NpgsqlDbType.Integer, Array.ConvertAll(rows, row => row.Peak));
        Add(NpgsqlDbType.Integer, Array.ConvertAll(rows, row => row.Samples));
        await command.ExecuteNonQueryAsync(timeout.Token);

        void Add<T>(NpgsqlDbType type, T[] values) => command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    [LoggerMessage(LogLevel.Warning, "Who watched can't be written now: {Reason}")]
    private partial void NotWritten(string reason);

    /// <param name="StreamId">The stream.</param>
    /// <param name="Minute">Since 1970.</param>
    /// <param name="Viewers">On average.</param>
    /// <param name="Peak">At most.</param>
    /// <param name="Samples">Looks that it is made of.</param>
    public sealed record Row(string StreamId, long Minute, double Viewers, int Peak, int Samples);
}
