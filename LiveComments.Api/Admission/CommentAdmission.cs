using System.Collections.Concurrent;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Connections;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>Decides whether a user may post now: by Redis, or by this process alone while Redis is away. Never an error for that reason.</summary>
sealed partial class CommentAdmission(RedisAdmission redis, RedisMemoryWatch watch, LocalAdmission local, AdmissionMetrics metrics, ModerationState moderation, IOptionsMonitor<AdmissionOptions> options, TimeProvider clock, ILogger<CommentAdmission> logger,
    BreakerMetrics? breakers = null)
{
    // A healthy answer takes well under a millisecond; a post must not wait for a Redis that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    // What a moderator did about the user is in the log, so it comes within milliseconds. If it doesn't, what is known must do.
    private static readonly TimeSpan ActPatience = TimeSpan.FromSeconds(1);

    public const string BreakerName = "redis.admission";

    // Keys of posts that this process let in by itself: some minutes' at an ordinary rate. Of more only the log's duplicate window and Postgres know.
    private const int MaxUntold = 50_000;

    private readonly Breaker _breaker = new(BreakerName, BreakerLimits.Redis, clock, breakers, logger);
    private readonly ConcurrentQueue<(string StreamId, string UserId, string Key, Cursor Cursor, string RequestHash)> _untold = new();

    /// <param name="streamId">The stream.</param>
    /// <param name="userId">Who posts.</param>
    /// <param name="key">The idempotency key, if any.</param>
    /// <param name="memory">What the caller knows of Redis's memory; the verdict knows keys only if that still holds.</param>
    /// <param name="slowMode">Takes the place of the stream's limit; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<AdmissionVerdict> AdmitAsync(string streamId, string userId, string? key, RedisMemory? memory, TimeSpan? slowMode, CancellationToken cancellationToken)
    {
        var globally = options.CurrentValue.CommentsGlobally;
        var perStream = slowMode is { } pause ? new RateLimit(1, pause) : options.CurrentValue.CommentsPerStream;
        AdmissionVerdict verdict;
        try
        {
            verdict = await _breaker.CallAsync(
                static async (question, token) => await question.AskRedis().WaitAsync(Timeout, question.Clock, token),
                new Question(redis, clock, streamId, userId, key, memory, globally, perStream, moderation.LongestSlowMode), IsFailure, cancellationToken);
            if (!_untold.IsEmpty)
                TellAgain();
            if (verdict is AdmissionVerdict.ActedOn(var act))
            {
                await WaitForAsync(act, cancellationToken);
                verdict = await _breaker.CallAsync(
                    static async (question, token) => await question.AskRedis().WaitAsync(Timeout, question.Clock, token),
                    new Question(redis, clock, streamId, userId, key, memory, globally, perStream, moderation.LongestSlowMode, act), IsFailure, cancellationToken);
                // Another act in that very moment: this process will hear of it as of any other.
                if (verdict is AdmissionVerdict.ActedOn)
                    verdict = local.Admit(streamId, userId, key, globally, perStream);
            }

            // The connection broke meanwhile: the answer may be that of another Redis than the caller knows.
            if (verdict.KnowsKeys && memory is not null && !watch.IsUnbroken(memory))
                verdict = verdict with { KnowsKeys = false };
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception) || exception is BrokenCircuitException)
        {
            if (exception is not BrokenCircuitException)
                RedisIsAway(exception.Message);
            verdict = local.Admit(streamId, userId, key, globally, perStream);
        }

        if (verdict is AdmissionVerdict.TooMany(var quota))
            metrics.Exceeded(quota.Limit == globally.Count && quota.Window == globally.Window ? "global" : "stream");
        return verdict;
    }

    private async ValueTask WaitForAsync(string act, CancellationToken cancellationToken)
    {
        try
        {
            if (Cursor.TryParse(act, out var place))
                await moderation.WaitAsync(place, ActPatience, cancellationToken);
        }
        catch (TimeoutException)
        {
            ActIsLate(act);
        }
    }

    /// <summary>Remembers where the key's comment lies. Until Redis can be told: the log remembers for its duplicate window, Postgres for ever.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="userId">Who posted.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="cursor">Where the comment lies.</param>
    /// <param name="requestHash">Of the post.</param>
    /// <param name="isLocal">Redis was not asked, or gave no answer: it may never have heard of the key, and would call it new. So it is told again when it answers.</param>
    public void Remember(string streamId, string userId, string key, Cursor cursor, string requestHash, bool isLocal = false)
    {
        redis.Remember(streamId, userId, key, cursor, requestHash);
        if (isLocal && _untold.Count < MaxUntold)
            _untold.Enqueue((streamId, userId, key, cursor, requestHash));
    }

    private void TellAgain()
    {
        while (_untold.TryDequeue(out var one))
            redis.Remember(one.StreamId, one.UserId, one.Key, one.Cursor, one.RequestHash);
    }

    /// <summary>The key of what was admitted led to a comment long before: gives the charge back.</summary>
    public void GiveBack(AdmissionVerdict.Admitted charged, string streamId, string userId, string key, Cursor cursor, string requestHash)
    {
        if (charged.IsLocal)
        {
            local.GiveBack(streamId, userId, key);
            return;
        }

        try
        {
            if (_breaker.State == BreakerState.Closed)
                redis.GiveBack(streamId, userId, key, cursor, requestHash);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            // It just went away, and the charge with it or not: the post has its answer, whatever happens here.
        }
    }

    private static readonly Func<Exception, bool> IsFailure = RedisFailures.IsAway;

    private readonly record struct Question(RedisAdmission Redis, TimeProvider Clock, string StreamId, string UserId, string? Key, RedisMemory? Memory, RateLimit Globally, RateLimit PerStream, TimeSpan Retention, string KnownAct = "")
    {
        public Task<AdmissionVerdict> AskRedis() => Redis.AdmitAsync(StreamId, UserId, Key, Memory, Globally, PerStream, KnownAct, Retention);
    }

    [LoggerMessage(LogLevel.Warning, "The log has not told of the moderator's act at {Act} within a second; a post goes on without it.")]
    private partial void ActIsLate(string act);

    [LoggerMessage(LogLevel.Warning, "Redis does not answer; limits are kept by this process alone. {Reason}")]
    private partial void RedisIsAway(string reason);
}
