using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Comments;

/// <summary>The use of an idempotency key: by this user on this stream.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="UserId">The author.</param>
/// <param name="Key">As the client chose it.</param>
/// <param name="MessageId">What the log knows it by.</param>
readonly record struct KeyUse(string StreamId, string UserId, string Key, string MessageId);

/// <summary>What became of a key.</summary>
abstract record KeyAnswer
{
    public static readonly KeyAnswer New = new NotFound();
    public static readonly KeyAnswer Nobody = new NoAnswer();

    /// <summary>It led to this comment.</summary>
    public sealed record Found(Comment Comment, string? RequestHash) : KeyAnswer;

    /// <summary>It led to none.</summary>
    public sealed record NotFound : KeyAnswer;

    /// <summary>Nobody who knows can be asked.</summary>
    public sealed record NoAnswer : KeyAnswer;
}

/// <summary>
/// The last word on idempotency keys: what the log has and Postgres has written, however long ago. Asked when Redis may have
/// forgotten, which may be for each post: so questions that come while others are under way are asked together.
/// </summary>
/// <remarks>
/// 1. Postgres, by its index on keys.
/// 2. The log's tail that Postgres has not got. The log itself recognises what is younger than its duplicate window, so the
///    tail is only searched when the persister is further behind than half of that, or when the caller is about to
///    refuse and can't leave it to the log.
/// 3. What is left of earlier epochs that Postgres has not got: the log of this one recognises nothing of those.
/// </remarks>
sealed partial class UsedKeys(NpgsqlDataSource database, CurrentLog currentLog, IOptions<LogOptions> options, TimeProvider clock, ILogger<UsedKeys> logger, BreakerMetrics? metrics = null) : IDisposable
{
    public const string BreakerName = "postgres.keys";

    // A post waits for this. Healthy, it takes a millisecond or two; the first question of a fresh process on a busy machine
    // took over half a second, and to go on without its answer may store a comment twice. Few ever wait so long: a Postgres
    // that refuses does so at once, and one that hangs meets the breaker.
    private static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TailTimeout = TimeSpan.FromSeconds(1);

    // One query of so many keys takes some 10 ms; two at once keep Postgres busy while answers are handed out.
    private const int MaxTogether = 500;
    private const int MaxQueries = 2;

    // Half a second's worth at the highest rate. Past it a post goes on without the answer.
    private const int MaxWaiting = 5_000;

    // Between us and nats-server.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(1);

    // Searches of the log's tail at once, and the entries of the stream that each reads at most.
    private const int MaxSearches = 4;
    private const int MaxUnwritten = 5_000;

    private const string TimeHeader = "Nats-Time-Stamp";

    private readonly DatabaseBreaker _breaker = new(BreakerName, DatabaseTimeout, clock, metrics, logger);
    private readonly ConcurrentQueue<Question> _waiting = new();
    private readonly SemaphoreSlim _searches = new(MaxSearches);
    private int _queries;

    // For so long the log itself surely recognises a key: half of its window, lest an append that takes long falls out of it.
    private TimeSpan LogRemembers => options.Value.DuplicateWindow / 2;

    /// <summary>Of which epoch <see cref="LogRemembersSince"/> speaks; null while there is no log.</summary>
    public int? Epoch => currentLog.Handle?.Epoch;

    /// <summary>Whether the log itself recognises every key that was used at that moment or later.</summary>
    public bool LogRemembersSince(DateTimeOffset moment, DateTimeOffset now) =>
        now - moment < LogRemembers && currentLog.Handle is { } log && (log.Epoch == 1 || moment > log.Stream.Info.Created + ClockDifference);

    /// <param name="use">The key.</param>
    /// <param name="toTheEnd">Whether to search the log to its very end: what the log itself would recognise, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<KeyAnswer> FindAsync(KeyUse use, bool toTheEnd, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        var (answer, written, isFarBehind) = await AskPostgresAsync(use, log, cancellationToken);
        if (answer is KeyAnswer.Found || (!toTheEnd && !isFarBehind && (answer is KeyAnswer.NotFound || log.Older.Count == 0)))
            return answer;
        // Postgres that is away does not say how far it is: then what is newest is all that can be searched.
        var inTail = await SearchTailAsync(log, use, written, isKnown: answer is not KeyAnswer.NoAnswer, cancellationToken);
        return inTail ?? answer;
    }

    private async Task<PostgresAnswer> AskPostgresAsync(KeyUse use, LogHandle log, CancellationToken cancellationToken)
    {
        if (_breaker.IsOpen || _waiting.Count >= MaxWaiting)
            return PostgresAnswer.None;
        var question = new Question(use, log, new TaskCompletionSource<PostgresAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Enqueue(question);
        StartAsking();
        try
        {
            return await question.Answer.Task.WaitAsync(DatabaseTimeout, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return PostgresAnswer.None;
        }
    }

    private void StartAsking()
    {
        if (Interlocked.Increment(ref _queries) <= MaxQueries)
            _ = Task.Run(AskWaitingAsync);
        else
            Interlocked.Decrement(ref _queries);
    }

    private async Task AskWaitingAsync()
    {
        var together = new List<Question>();
        while (true)
        {
            together.Clear();
            while (together.Count < MaxTogether && _waiting.TryDequeue(out var next))
                together.Add(next);
            if (together.Count == 0)
                break;
            await AnswerAsync(together);
        }

        Interlocked.Decrement(ref _queries);
        // One that came between the look and the line above found nobody to start.
        if (!_waiting.IsEmpty)
            StartAsking();
    }

    private async Task AnswerAsync(List<Question> together)
    {
        try
        {
            var log = together[^1].Log;
            var (found, written) = await _breaker.ReadAsync(token => CommentRows.FindByKeysAsync(database, log.Shard, together.ConvertAll(question => question.Use), token), CancellationToken.None);
            var isFarBehind = await IsFarBehindAsync(log, written);
            for (var index = 0; index < together.Count; index++)
                together[index].Answer.TrySetResult(new PostgresAnswer(found[index] is { } row ? new KeyAnswer.Found(row.Comment, row.RequestHash) : KeyAnswer.New, written, isFarBehind));
        }
        catch (Exception exception) when (exception is NpgsqlException or NatsException or TimeoutException or BrokenCircuitException or OperationCanceledException or InvalidDataException)
        {
            if (exception is not BrokenCircuitException)
                NobodyAnswers(exception.Message);
            together.ForEach(question => question.Answer.TrySetResult(PostgresAnswer.None));
        }
    }

    // The first entry that Postgres has not got says by its time how far that is behind.
    private async Task<bool> IsFarBehindAsync(LogHandle log, Cursor? written)
    {
        if (log.Older.Any(older => older.Epoch >= (written?.Epoch ?? 0)))
            return true;
        using var timeout = new CancellationTokenSource(TailTimeout, clock);
        return await log.AtAsync(SequenceIn(log, written) + 1, timeout.Token) is { } next
            && DateTimeOffset.TryParse(LogEntry.Header(next.Headers, TimeHeader), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && clock.GetUtcNow() - time > LogRemembers;
    }

    // Null when all of the tail was searched, and nothing found.
    private async Task<KeyAnswer?> SearchTailAsync(LogHandle log, KeyUse use, Cursor? written, bool isKnown, CancellationToken cancellationToken)
    {
        // While Postgres has not got what is left of an older epoch, only this search can tell a retry of what lies there: then its turn is waited for.
        var patience = log.Older.Any(older => older.Epoch >= (written?.Epoch ?? 0)) ? TailTimeout : TimeSpan.Zero;
        if (!await _searches.WaitAsync(patience, cancellationToken))
            return KeyAnswer.Nobody;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(TailTimeout);
            var isAll = isKnown;
            foreach (var part in log.Older.Append(log))
            {
                if (part.Epoch < written?.Epoch || await part.EndOfAsync(use.StreamId, timeout.Token) is not { } end || end <= SequenceIn(part, written))
                    continue;
                var entries = isKnown ? await part.RangeAsync(use.StreamId, SequenceIn(part, written) + 1, end, MaxUnwritten, timeout.Token) : null;
                isAll &= entries is not null;
                entries ??= await part.NewestAsync(use.StreamId, end, Limits.MaxResumeEvents, timeout.Token);
                foreach (var entry in entries)
                {
                    if (LogEntry.Header(entry.Headers, LogHeaders.MessageId) == use.MessageId)
                        return FoundIn(entry, part);
                }
            }

            return isAll ? null : KeyAnswer.Nobody;
        }
        catch (Exception exception) when (exception is NatsException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            NobodyAnswers(exception.Message);
            return KeyAnswer.Nobody;
        }
        finally
        {
            _searches.Release();
        }
    }

    private static ulong SequenceIn(LogHandle log, Cursor? written) => written is { } cursor && cursor.Epoch == log.Epoch ? cursor.Sequence : 0;

    /// <summary>The comment that an entry of that log is.</summary>
    public static KeyAnswer.Found FoundIn(LogEntry entry, LogHandle log)
    {
        var comment = JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.Comment) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no comment in it.");
        return new KeyAnswer.Found(
            comment with { Cursor = new Cursor(log.Epoch, entry.Sequence).ToString(), Status = entry.EventType == LogEventTypes.CommentHeld ? HeldStatus.Held : null },
            LogEntry.Header(entry.Headers, LogHeaders.RequestHash));
    }

    public void Dispose() => _searches.Dispose();

    private readonly record struct Question(KeyUse Use, LogHandle Log, TaskCompletionSource<PostgresAnswer> Answer);

    private sealed record PostgresAnswer(KeyAnswer Answer, Cursor? Written, bool IsFarBehind)
    {
        public static readonly PostgresAnswer None = new(KeyAnswer.Nobody, null, false);
    }

    [LoggerMessage(LogLevel.Warning, "Whether idempotency keys were used before can't be asked; the log recognises those of the last minutes. {Reason}")]
    private partial void NobodyAnswers(string reason);
}
