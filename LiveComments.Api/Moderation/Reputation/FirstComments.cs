using System.Collections.Concurrent;
using LiveComments.Api.Persistence;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Moderation.Reputation;

/// <summary>Since when users comment, for rules about newcomers. Posts ask this process's memory, and never a database.</summary>
/// <remarks>
/// 1. Begins when a rule asks for it first. Then all users are read from Postgres, a page at a time, in the order in which
///    the persister met them; from there on, every few seconds, those who came since.
/// 2. Of newcomers the moment is kept; of those who have been here longer than any rule asks for, that they have.
/// 3. Who is neither has never commented, as far as Postgres knew a few seconds ago. What this process itself posts it
///    knows at once.
/// While Postgres can't be read from the start on, nothing is known, and rules about newcomers match nobody.
/// </remarks>
sealed partial class FirstComments(NpgsqlDataSource database, DatabaseReads reads, TimeProvider clock, ILogger<FirstComments> logger) : BackgroundService
{
    // The longest that a rule may ask for.
    private static readonly TimeSpan NewcomerFor = TimeSpan.FromSeconds(Rules.RuleSet.MaxOfFlood);

    // A newcomer's age may be wrong by this on a process that they come to second.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Of the first posts after a start; later ones wait for nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Some 5 ms of Postgres each.
    private const int PageSize = 10_000;

    // Some 40 MB; when there are more, those who came first count as old.
    private const int MaxNewcomers = 300_000;

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _newcomers = new(StringComparer.Ordinal);
    private readonly UserFilter _old = new();
    private long _askedAt;
    private long _through;

    /// <summary>How long ago the user's first comment was; zero when there was none, null when that is not known.</summary>
    public async ValueTask<TimeSpan?> SinceAsync(string userId, CancellationToken cancellationToken)
    {
        if (!_read.Task.IsCompleted && !await IsReadAsync(cancellationToken))
            return null;
        if (_newcomers.TryGetValue(userId, out var first))
            return clock.GetUtcNow() - first;
        return _old.Has(userId) ? TimeSpan.MaxValue : TimeSpan.Zero;
    }

    /// <summary>The user has commented just now.</summary>
    public void Note(string userId)
    {
        if (_read.Task.IsCompleted && !_old.Has(userId))
            _newcomers.TryAdd(userId, clock.GetUtcNow());
    }

    private async ValueTask<bool> IsReadAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _askedAt, clock.GetTimestamp(), 0) == 0)
            _asked.TrySetResult();
        var left = Patience - clock.GetElapsedTime(Volatile.Read(ref _askedAt));
        if (left <= TimeSpan.Zero)
            return false;
        try
        {
            await _read.Task.WaitAsync(left, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _asked.Task.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await reads.ReadAsync(ReadPageAsync, stoppingToken))
                {
                }

                _read.TrySetResult();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NpgsqlException or TimeoutException or BrokenCircuitException)
            {
                NotRead(exception.Message);
            }

            MakeRoom();
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Whether there may be more.
    private async Task<bool> ReadPageAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select number, id, first_seen from users where number > $1 order by number limit $2");
        command.Parameters.Add(new() { Value = _through });
        command.Parameters.Add(new() { Value = PageSize });
        var newSince = clock.GetUtcNow() - NewcomerFor;
        var count = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, first) = (reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2));
            // The oldest of what is known: this process may have taken a second comment for the first.
            if (first < newSince)
                _old.Add(id);
            else
                _newcomers.AddOrUpdate(id, first, (_, known) => known < first ? known : first);
            _through = reader.GetInt64(0);
            count++;
        }

        return count == PageSize;
    }

    private void MakeRoom()
    {
        var newSince = clock.GetUtcNow() - NewcomerFor;
        var surplus = Math.Max(0, _newcomers.Count - MaxNewcomers);
        var oldest = surplus > 0 ? _newcomers.OrderBy(user => user.Value).Take(surplus + MaxNewcomers / 10).ToList() : [];
        foreach (var (userId, _) in oldest.Concat(_newcomers.Where(user => user.Value < newSince)))
        {
            // In this order: whoever looks meanwhile finds the user in one of them.
            _old.Add(userId);
            _newcomers.TryRemove(userId, out _);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Postgres can't say who has commented before. {Reason}")]
    private partial void NotRead(string reason);
}
