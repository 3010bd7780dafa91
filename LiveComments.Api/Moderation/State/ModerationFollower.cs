using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Moderation.State;

/// <summary>Brings to this process what moderators do, through whichever process they do it.</summary>
/// <remarks>
/// 1. What holds of old: from Postgres, with the place in the log up to which that is so.
/// 2. What came since, and everything that comes: from the log, in order. While Postgres is away: from the log's beginning,
///    which is a week; and from Postgres when it is back.
/// 3. In a new epoch's log: everything from its beginning. What is known here goes on holding, and is carried over by
///    <see cref="EpochBeginning"/>.
/// </remarks>
sealed partial class ModerationFollower(
    CurrentLog currentLog, ModerationState state, ModerationEffects effects, CommentScorer scorer, Reputations reputations, NpgsqlDataSource database, TimeProvider clock, ILogger<ModerationFollower> logger)
    : LogFollower(currentLog, clock)
{
    // Posts need what the log says; they must not wait for a Postgres that hangs.
    private static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DatabaseRetryPause = TimeSpan.FromSeconds(5);

    // Acts are rare; comments that are held, in a flood of them, are not.
    private const int MaxReadAhead = 500;

    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _clock = clock;
    private Task _owed = Task.CompletedTask;
    private bool _isPostgresOwed;

    /// <summary>Returns when what was decided before this process began is known, or the time is over.</summary>
    public async ValueTask CaughtUpAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_caughtUp.Task.IsCompleted)
            return;
        try
        {
            await _caughtUp.Task.WaitAsync(patience, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Better what is known than no post at all.
        }
    }

    protected override async Task<ulong> KnownAtStartAsync(LogHandle log, CancellationToken stoppingToken)
    {
        var known = await ReadPostgresAsync(log, stoppingToken);
        if (_isPostgresOwed)
            _owed = ReadPostgresWhenBackAsync(log, stoppingToken);
        return known;
    }

    // Returns the place of this log's epoch up to which Postgres knew.
    private async Task<ulong> ReadPostgresAsync(LogHandle log, CancellationToken stoppingToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(DatabaseTimeout);
        try
        {
            var isFirst = !_isPostgresOwed;
            _isPostgresOwed = false;
            var (acts, written) = await ModerationRows.HoldingAsync(database, log.Shard, timeout.Token);
            foreach (var (act, place) in acts)
                state.Apply(act, place);
            reputations.Learn(await ModerationRows.ReputationsAsync(database, timeout.Token));
            // What the log still has, and was learnt from there while Postgres was away, is not learnt twice.
            if (isFirst)
                scorer.Learn(await ModerationRows.DecisionsAsync(database, timeout.Token));
            return written?.Epoch == log.Epoch ? written.Value.Sequence : 0;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // A database that no persister has seen yet: there is nothing that only it knows.
            return 0;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NpgsqlException or TimeoutException or OperationCanceledException or JsonException or InvalidDataException)
        {
            PostgresIsAway(exception.Message);
            _isPostgresOwed = true;
            return 0;
        }
    }

    private async Task ReadPostgresWhenBackAsync(LogHandle log, CancellationToken stoppingToken)
    {
        while (_isPostgresOwed)
        {
            await Task.Delay(DatabaseRetryPause, _clock, stoppingToken);
            await ReadPostgresAsync(log, stoppingToken);
        }
    }

    protected override async Task FollowAsync(LogHandle log, CancellationToken cancellationToken)
    {
        // What nobody foresaw there ends the process, rather than be forgotten.
        if (_owed.IsFaulted)
            await _owed;
        await foreach (var entry in log.ModerationAsync(Applied + 1, cancellationToken))
            Apply(log, entry);
        // What Postgres told of lies before that, and may be the last there is.
        state.AppliedThrough(new Cursor(log.Epoch, Applied));
        _caughtUp.TrySetResult();

        await foreach (var message in await ConsumeAsync(log, LogSubjects.AllModerationOf(log.Shard, log.Epoch), MaxReadAhead, cancellationToken))
        {
            var entry = LogEntry.From(message);
            // What viewers see of it: by whoever hears of it, lest it is forgotten when the process dies that decided it.
            if (Apply(log, entry) is { } act && !(await effects.FollowAsync(act, entry.Headers, cancellationToken) && await effects.TellSettingsAsync(act, cancellationToken)))
            {
                Applied = entry.Sequence - 1;
                throw new IOException("The log did not take what follows from a moderator's act.");
            }
        }
    }

    private ModerationAct? Apply(LogHandle log, LogEntry entry)
    {
        if (entry.Sequence <= Applied)
            return null;
        ModerationAct? act = null;
        if (entry.EventType == LogEventTypes.ModerationAct)
        {
            act = Parse(entry);
            state.Apply(act, new Cursor(log.Epoch, entry.Sequence));
            scorer.Learn(act);
            if (act.Moves is { } moves)
                reputations.Apply(moves, new Cursor(log.Epoch, entry.Sequence));
        }

        Applied = entry.Sequence;
        state.AppliedThrough(new Cursor(log.Epoch, entry.Sequence));
        return act;
    }

    protected override void Interrupted(string reason) => FollowingInterrupted(reason);

    public static ModerationAct Parse(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.ModerationAct) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no act in it.");

    [LoggerMessage(LogLevel.Warning, "Following what moderators do was interrupted and goes on: {Reason}")]
    private partial void FollowingInterrupted(string reason);

    [LoggerMessage(LogLevel.Warning, "Postgres can't say what moderators decided; what the log has of it holds. {Reason}")]
    private partial void PostgresIsAway(string reason);
}
