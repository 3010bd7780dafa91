using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Presence;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Streams;

/// <summary>
/// Keeps the most who ever watched a stream at once. Every Api process looks, since each hears the same; the row takes what
/// is larger, so it matters neither how many look nor which of them is late.
/// </summary>
sealed partial class PeakViewers(NpgsqlDataSource database, ViewerCounts viewers, TimeProvider clock, ILogger<PeakViewers> logger) : BackgroundService
{
    // As often as nodes say what changed.
    private static readonly TimeSpan Interval = PresenceAnnouncement.ChangeInterval;

    // Postgres that is away costs a peak that passes meanwhile, and nobody waits for it.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);

    // Emptied when full: then rows are written once more, and stay what they are.
    private const int MaxWritten = 100_000;

    private readonly Dictionary<string, int> _written = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // In one order everywhere, so that two processes never wait for each other in a circle.
            var grown = viewers.All().Where(stream => stream.Viewers > _written.GetValueOrDefault(stream.StreamId)).OrderBy(stream => stream.StreamId, StringComparer.Ordinal).ToArray();
            if (grown.Length == 0)
                continue;
            try
            {
                await WriteAsync(grown, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NpgsqlException or OperationCanceledException or TimeoutException)
            {
                NotWritten(exception.Message);
            }
        }
    }

    private async Task WriteAsync(RoomPresence[] grown, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(WriteTimeout);
        await using var command = database.CreateCommand(
            """
            insert into stream_peaks as kept (stream_id, viewers, seen_at) select stream_id, viewers, $3 from unnest($1, $2) as row (stream_id, viewers)
            on conflict (stream_id) do update set viewers = excluded.viewers, seen_at = excluded.seen_at where kept.viewers < excluded.viewers
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(grown, stream => stream.StreamId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(grown, stream => stream.Viewers), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(timeout.Token);
        if (_written.Count + grown.Length > MaxWritten)
            _written.Clear();
        foreach (var stream in grown)
            _written[stream.StreamId] = stream.Viewers;
    }

    [LoggerMessage(LogLevel.Warning, "How many watched at most can't be written now: {Reason}")]
    private partial void NotWritten(string reason);
}
