using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Admission;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation;
using LiveComments.Api.Streams;
using LiveComments.Api.Users;
using LiveComments.Contracts;
using NATS.Client.Core;

namespace LiveComments.Api.Comments;

/// <summary>What became of a post.</summary>
abstract record PostResult
{
    /// <summary>The comment is in the log. A retry of an accepted post ends here, too, with the original comment.</summary>
    /// <param name="Comment">As its author sees it.</param>
    /// <param name="Quota">What is left of the tighter limit; null when nothing was charged.</param>
    public sealed record Accepted(Comment Comment, Quota? Quota) : PostResult;

    /// <summary>The user posted too often.</summary>
    public sealed record RateLimited(Quota Quota) : PostResult;

    /// <summary>The idempotency key was used before, for another post.</summary>
    public sealed record KeyReused : PostResult;

    /// <summary>The stream takes no more comments.</summary>
    public sealed record StreamEnded : PostResult;

    /// <summary>The post answers a comment that the stream doesn't have, or has no longer.</summary>
    public sealed record NoSuchParent : PostResult;

    /// <summary>A moderator or a rule is against it.</summary>
    /// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="Detail">For its author.</param>
    public sealed record NotAllowed(string Code, string Detail) : PostResult;

    /// <summary>The log gave no answer, or nobody can say whether the author may; a retry with the same key is safe.</summary>
    /// <param name="Detail">For its author; null where the comment may have been stored.</param>
    public sealed record Unavailable(string? Detail = null) : PostResult;
}

/// <summary>Admits a valid post and turns it into an entry of the log.</summary>
/// <remarks>
/// 1. Where Redis may have forgotten keys that the log no longer recognises, Postgres is asked first whether the key led to
///    a comment: so a retry is answered with that, and charged nothing.
/// 2. Admission: one round trip tells whether the user may post now, and whether the key led to a comment before. Who then
///    turns out not to know keys (<see cref="AdmissionVerdict.KnowsKeys"/>) is made up for by Postgres, too.
/// 3. Whether the stream is live and has the comment that is answered, and whether moderators and rules let it pass. Asked here and not before: the retry of a post
///    that was accepted gets its comment, whatever became of the stream or the parent since; for that reason a refusal
///    asks about the key once more where Redis's word is not enough.
/// 4. Append, with a message id made of stream, user and key: the log keeps one of several attempts.
/// 5. A key's comment is remembered, so that a retry is recognised after the log has forgotten the message id.
/// When nobody can be asked (Postgres is away as well), the post goes on: the log's memory protects those that are retried
/// soon. Only a key that surely was used long ago, with an end that nobody can tell, is answered 503.
/// </remarks>
sealed class CommentPosting(
    CommentAdmission admission, RedisMemoryWatch redisMemory, UsedKeys usedKeys, StreamDirectory streams, CommentFinder finder, KnownComments known,
    OriginalComments originals, CommentModeration moderation, LogAppender log, Snowflake ids, TimeProvider clock)
{
    // An original that is so much older than an attempt surely was charged by itself; a younger one may be what the
    // attempt's charge was for, since of several attempts at once any one may win.
    private static readonly TimeSpan SurelyEarlier = TimeSpan.FromSeconds(1);

    /// <param name="streamId">An existing live stream.</param>
    /// <param name="user">The author.</param>
    /// <param name="post">The request as it came; only its hash is kept.</param>
    /// <param name="text">Its content, normalised.</param>
    /// <param name="key">The client's idempotency key; null makes the post unrepeatable.</param>
    /// <param name="vouching">What the author's token says beside that.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    public async Task<PostResult> PostAsync(string streamId, User user, PostComment post, string text, string? key, TokenVouching vouching, CancellationToken cancellationToken)
    {
        var hash = HashOf(post, text);
        var began = clock.GetUtcNow();
        if (key is null)
        {
            var slow = moderation.SlowModeFor(await streams.FindAsync(streamId, cancellationToken), user);
            return await admission.AdmitAsync(streamId, user.Id, null, null, slow, cancellationToken) switch
            {
                AdmissionVerdict.TooMany(var exceeded) => new PostResult.RateLimited(exceeded),
                var verdict => await AppendAsync(streamId, user, vouching, post, text, null, hash, verdict as AdmissionVerdict.Admitted, began, cancellationToken),
            };
        }

        // 1.
        var epoch = usedKeys.Epoch;
        var memory = redisMemory.Current;
        var stream = await streams.FindAsync(streamId, cancellationToken);
        var isCovered = stream is not null && memory?.Covers(stream, began) == true;
        var logRemembersAll = stream is not null && usedKeys.LogRemembersSince(DateTimeOffset.FromUnixTimeMilliseconds(stream.StartedAt), began);
        KeyAnswer? answer = null;
        if (!isCovered && !logRemembersAll)
        {
            answer = await WhatBecameOfAsync(streamId, user, key, cancellationToken);
            if (answer is KeyAnswer.Found early)
            {
                RememberAgain(early, streamId, user, key);
                return Original(early, hash, key);
            }

            if (MayBeForgotten(answer, key, began))
                return new PostResult.Unavailable();
        }

        // 2.
        var verdictOfKey = await admission.AdmitAsync(streamId, user.Id, key, memory, moderation.SlowModeFor(stream, user), cancellationToken);
        var isNew = isCovered && verdictOfKey.KnowsKeys;
        switch (verdictOfKey)
        {
            case AdmissionVerdict.SeenBefore(var seenAt, var seenHash):
                if (seenHash != hash)
                    return new PostResult.KeyReused();
                return await originals.FindAsync(UseOf(streamId, user, key), seenAt, cancellationToken) switch
                {
                    KeyAnswer.Found seen => Original(seen, hash, key),
                    // What was lost with an epoch is posted again.
                    KeyAnswer.NotFound => await AppendAsync(streamId, user, vouching, post, text, key, hash, charged: null, began, cancellationToken, onlyInEpoch: epoch),
                    _ => new PostResult.Unavailable(),
                };
            case AdmissionVerdict.UsedBefore(var ago):
                var isOld = !usedKeys.LogRemembersSince(began - ago, began);
                // What this Redis calls recent it may have been told by a try that nobody could answer.
                if (isOld || (!isNew && !LogRemembers(key, began)))
                {
                    answer ??= await WhatBecameOfAsync(streamId, user, key, cancellationToken);
                    if (answer is KeyAnswer.Found found)
                        return Original(found, hash, key);
                    if (answer is KeyAnswer.NoAnswer)
                        return new PostResult.Unavailable();
                }

                return await AppendAsync(streamId, user, vouching, post, text, key, hash, charged: null, began, cancellationToken, onlyInEpoch: epoch);
            case AdmissionVerdict.TooMany(var exceeded):
                if (!isNew && (answer ?? await WhatBecameOfAsync(streamId, user, key, cancellationToken)) is KeyAnswer.Found refused)
                    return Original(refused, hash, key);
                return new PostResult.RateLimited(exceeded);
            case AdmissionVerdict.Admitted charged:
                if (!isNew && !logRemembersAll)
                {
                    answer ??= await WhatBecameOfAsync(streamId, user, key, cancellationToken);
                    if (answer is KeyAnswer.Found late)
                        return Settled(charged, began, late, streamId, user, key, hash);
                    if (MayBeForgotten(answer, key, began))
                        return new PostResult.Unavailable();
                }

                return await AppendAsync(streamId, user, vouching, post, text, key, hash, charged, began, cancellationToken, isNew, epoch);
            default:
                throw new InvalidOperationException($"Admission answered {verdictOfKey}.");
        }
    }

    /// <summary>As <see cref="PostAsync"/>, for an author whom no limit holds: the demo stream's cast.</summary>
    public Task<PostResult> PostUnlimitedAsync(string streamId, User user, string text, string key, CancellationToken cancellationToken)
    {
        var post = new PostComment(text);
        return AppendAsync(streamId, user, default, post, text, key, HashOf(post, text), charged: null, clock.GetUtcNow(), cancellationToken, isNew: true);
    }

    private async Task<PostResult> AppendAsync(
        string streamId, User user, TokenVouching vouching, PostComment post, string text, string? key, string hash, AdmissionVerdict.Admitted? charged, DateTimeOffset began,
        CancellationToken cancellationToken, bool isNew = false, int? onlyInEpoch = null)
    {
        // 3.
        var mentions = CommentText.MentionsIn(text);
        var judgement = Judgement.Shown;
        var refusal = await RefusalAsync(streamId, post.ParentId, cancellationToken);
        if (refusal is null)
        {
            judgement = await moderation.JudgeAsync((await streams.FindAsync(streamId, cancellationToken))!, user, vouching, text, mentions, cancellationToken);
            refusal = judgement.Refusal;
        }

        if (refusal is not null)
        {
            return key is not null && !isNew && await WhatBecameOfAsync(streamId, user, key, cancellationToken, toTheEnd: true) is KeyAnswer.Found found
                ? Settled(charged, began, found, streamId, user, key, hash)
                : refusal;
        }

        // 4.
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var comment = new Comment
        {
            Id = ids.Next(),
            StreamId = streamId,
            UserId = user.Id,
            Username = user.Username,
            DisplayName = user.DisplayName == user.Username ? null : user.DisplayName,
            AvatarUrl = user.AvatarUrl,
            Content = text,
            ParentId = post.ParentId,
            Mentions = mentions,
            MediaTimeMs = post.MediaTimeMs,
            CreatedAt = now,
            ReceivedAt = now,
        };
        var headers = new NatsHeaders { [LogHeaders.RequestHash] = hash };
        if (key is not null)
            headers[LogHeaders.IdempotencyKey] = key;
        // Few have one, so that most entries are no larger for it.
        if (user.Role != Roles.User)
            headers[LogHeaders.AuthorRole] = user.Role;
        var messageId = MessageId.Of(LogEventTypes.CommentPosted, streamId, user.Id, key ?? comment.Id);
        var body = JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment);

        // What nobody sees lies apart, with the message id of a comment that is seen: of several attempts the log keeps one.
        var appended = await AppendAsync(judgement, streamId, body, messageId, headers, onlyInEpoch, cancellationToken);
        if (appended is AppendResult.EpochBegan)
        {
            // The log that would have recognised the key ended while this waited: those who know of older ones are asked before the new one takes it.
            if (key is not null)
            {
                var answer = await WhatBecameOfAsync(streamId, user, key, cancellationToken, toTheEnd: true);
                if (answer is KeyAnswer.Found before)
                    return Settled(charged, began, before, streamId, user, key, hash);
                if (MayBeForgotten(answer, key, began))
                    return new PostResult.Unavailable();
            }

            appended = await AppendAsync(judgement, streamId, body, messageId, headers, onlyInEpoch: null, cancellationToken);
        }

        switch (appended)
        {
            case AppendResult.Stored(var cursor):
                if (judgement.IsShown)
                {
                    moderation.Shown(user.Id);
                    if (CommentId.TryParse(comment.Id, out var id))
                        known.Remember(streamId, id);
                }

                // 5. Nobody waits for it: until it is written, the log itself recognises a retry.
                if (key is not null)
                    admission.Remember(streamId, user.Id, key, cursor, hash, isLocal: charged?.IsLocal == true);
                return new PostResult.Accepted(ForItsAuthor(comment, cursor, key) with { Status = judgement.StatusForAuthor }, charged?.Quota);
            case AppendResult.Duplicate(var cursor):
                return await originals.AtAsync(cursor, cancellationToken) is { } original ? Settled(charged, began, original, streamId, user, key, hash) : new PostResult.Unavailable();
            default:
                return new PostResult.Unavailable();
        }
    }

    private Task<AppendResult> AppendAsync(Judgement judgement, string streamId, byte[] body, string messageId, NatsHeaders headers, int? onlyInEpoch, CancellationToken cancellationToken) => judgement.IsShown
        ? log.AppendAsync(streamId, LogEventTypes.CommentPosted, body, messageId, headers, mustBeFirst: false, cancellationToken, onlyInEpoch)
        : log.ModerateAsync(streamId, judgement.EventType, body, messageId, judgement.With(headers), cancellationToken, onlyInEpoch);

    private async ValueTask<PostResult?> RefusalAsync(string streamId, string? parentId, CancellationToken cancellationToken)
    {
        if (await streams.FindAsync(streamId, cancellationToken) is not { Status: StreamStatus.Live })
            return new PostResult.StreamEnded();
        return parentId is null || await finder.ExistsAsync(streamId, parentId, cancellationToken) ? null : new PostResult.NoSuchParent();
    }

    private static KeyUse UseOf(string streamId, User user, string key) =>
        new(streamId, user.Id, key, MessageId.Of(LogEventTypes.CommentPosted, streamId, user.Id, key));

    private Task<KeyAnswer> WhatBecameOfAsync(string streamId, User user, string key, CancellationToken cancellationToken, bool toTheEnd = false) =>
        usedKeys.FindAsync(UseOf(streamId, user, key), toTheEnd, cancellationToken);

    /// <summary>
    /// Nobody who knows can be asked, and the key says that it was made before all that the log recognises by itself: then the post waits until somebody can. Of a key that doesn't
    /// say when it was made it is believed that it is new: else nobody could post while both Redis and Postgres have nothing to say.
    /// </summary>
    private bool MayBeForgotten(KeyAnswer answer, string key, DateTimeOffset now) => answer is KeyAnswer.NoAnswer && !LogRemembers(key, now);

    /// <summary>Whether the log itself recognises a use of the key, however early that was; it is believed of a key that doesn't say when it was made.</summary>
    private bool LogRemembers(string key, DateTimeOffset now) => KeyMoment.Of(key) is not { } made || usedKeys.LogRemembersSince(made, now);

    private static PostResult Original(KeyAnswer.Found found, string hash, string? key) =>
        found.RequestHash == hash ? new PostResult.Accepted(found.Comment with { IdempotencyKey = key }, Quota: null) : new PostResult.KeyReused();

    // So that the next retry asks Redis alone.
    private void RememberAgain(KeyAnswer.Found found, string streamId, User user, string key)
    {
        if (Cursor.TryParse(found.Comment.Cursor, out var cursor))
            admission.Remember(streamId, user.Id, key, cursor, found.RequestHash ?? "");
    }

    /// <summary>
    /// The answer to a post that was charged although its key led to a comment before. Whether the body is the same or not:
    /// admission must not go on believing that the key was first used now, when the log may have forgotten it already.
    /// </summary>
    private PostResult Settled(AdmissionVerdict.Admitted? charged, DateTimeOffset began, KeyAnswer.Found found, string streamId, User user, string? key, string hash)
    {
        if (charged is not null && key is not null
            && began - DateTimeOffset.FromUnixTimeMilliseconds(found.Comment.CreatedAt) > SurelyEarlier && Cursor.TryParse(found.Comment.Cursor, out var cursor))
            admission.GiveBack(charged, streamId, user.Id, key, cursor, found.RequestHash ?? "");
        return Original(found, hash, key);
    }

    private static Comment ForItsAuthor(Comment comment, Cursor cursor, string? key) =>
        comment with { Cursor = cursor.ToString(), IdempotencyKey = key };

    private static string HashOf(PostComment post, string text) =>
        MessageId.Of(text, post.ParentId ?? "", post.MediaTimeMs?.ToString(CultureInfo.InvariantCulture) ?? "");
}
