using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Admission;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Api.Streams;
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

    /// <summary>The log gave no answer; a retry with the same key is safe.</summary>
    public sealed record Unavailable : PostResult;
}

/// <summary>Admits a valid post and turns it into an entry of the log.</summary>
/// <remarks>
/// 1. Admission: one round trip tells whether the user may post now, and whether the key led to a comment before.
/// 2. Whether the stream is live and has the comment that is answered. Asked here and not before: the retry of a post
///    that was accepted gets its comment, whatever became of the stream or the parent since.
/// 3. Append, with a message id made of stream, user and key: the log keeps one of several attempts.
/// 4. A key's comment is remembered, so that a retry is recognised after the log has forgotten the message id.
/// </remarks>
sealed class CommentPosting(
    CommentAdmission admission, StreamDirectory streams, CommentFinder finder, KnownComments known, OriginalComments originals, LogAppender log, Snowflake ids, TimeProvider clock)
{
    /// <param name="streamId">An existing live stream.</param>
    /// <param name="user">The author.</param>
    /// <param name="post">The request as it came; only its hash is kept.</param>
    /// <param name="text">Its content, normalised.</param>
    /// <param name="key">The client's idempotency key; null makes the post unrepeatable.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    public async Task<PostResult> PostAsync(string streamId, User user, PostComment post, string text, string? key, CancellationToken cancellationToken)
    {
        var hash = HashOf(post, text);
        switch (await admission.AdmitAsync(streamId, user.Id, key, cancellationToken))
        {
            case AdmissionVerdict.TooMany(var exceeded):
                return new PostResult.RateLimited(exceeded);
            case AdmissionVerdict.SeenBefore(var seenAt, var seenHash):
                if (seenHash != hash)
                    return new PostResult.KeyReused();
                // What was lost with an epoch is posted again.
                return await originals.FindAsync(streamId, user.Id, key!, seenAt, hash, cancellationToken) ?? await AppendAsync(streamId, user, post, text, key, hash, quota: null, cancellationToken);
            case AdmissionVerdict.Admitted(var quota):
                return await AppendAsync(streamId, user, post, text, key, hash, quota, cancellationToken);
            case AdmissionVerdict.UsedBefore:
                // The log recognises a first attempt that it has, but not across epochs.
                return await originals.FindInOlderEpochsAsync(streamId, user.Id, key!, hash, cancellationToken) ?? await AppendAsync(streamId, user, post, text, key, hash, quota: null, cancellationToken);
            case var verdict:
                throw new InvalidOperationException($"Admission answered {verdict}.");
        }
    }

    /// <summary>As <see cref="PostAsync"/>, for an author whom no limit holds: the demo stream's cast.</summary>
    public Task<PostResult> PostUnlimitedAsync(string streamId, User user, string text, string key, CancellationToken cancellationToken)
    {
        var post = new PostComment(text);
        return AppendAsync(streamId, user, post, text, key, HashOf(post, text), quota: null, cancellationToken);
    }

    private async Task<PostResult> AppendAsync(
        string streamId, User user, PostComment post, string text, string? key, string hash, Quota? quota, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(streamId, post.ParentId, cancellationToken) is { } refusal)
            return refusal;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var comment = new Comment
        {
            Id = ids.Next(),
            StreamId = streamId,
            UserId = user.Id,
            Username = user.Username,
            AvatarUrl = user.AvatarUrl,
            Content = text,
            ParentId = post.ParentId,
            Mentions = CommentText.MentionsIn(text),
            MediaTimeMs = post.MediaTimeMs,
            CreatedAt = now,
            ReceivedAt = now,
        };
        var headers = new NatsHeaders { [LogHeaders.RequestHash] = hash };
        if (key is not null)
            headers[LogHeaders.IdempotencyKey] = key;
        var messageId = MessageId.Of(LogEventTypes.CommentPosted, streamId, user.Id, key ?? comment.Id);
        var body = JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment);

        switch (await log.AppendAsync(streamId, LogEventTypes.CommentPosted, body, messageId, headers, mustBeFirst: false, cancellationToken))
        {
            case AppendResult.Stored(var cursor):
                if (CommentId.TryParse(comment.Id, out var id))
                    known.Remember(streamId, id);
                // Nobody waits for it: until it is written, the log itself recognises a retry.
                if (key is not null)
                    admission.Remember(streamId, user.Id, key, cursor, hash);
                return new PostResult.Accepted(ForItsAuthor(comment, cursor, key), quota);
            case AppendResult.Duplicate(var cursor):
                return await originals.AtAsync(cursor, hash, key, cancellationToken) ?? new PostResult.Unavailable();
            default:
                return new PostResult.Unavailable();
        }
    }

    private async ValueTask<PostResult?> RefusalAsync(string streamId, string? parentId, CancellationToken cancellationToken)
    {
        if (await streams.FindAsync(streamId, cancellationToken) is not { Status: StreamStatus.Live })
            return new PostResult.StreamEnded();
        return parentId is null || await finder.ExistsAsync(streamId, parentId, cancellationToken) ? null : new PostResult.NoSuchParent();
    }

    public static Comment ForItsAuthor(Comment comment, Cursor cursor, string? key) =>
        comment with { Cursor = cursor.ToString(), IdempotencyKey = key };

    private static string HashOf(PostComment post, string text) =>
        MessageId.Of(text, post.ParentId ?? "", post.MediaTimeMs?.ToString(CultureInfo.InvariantCulture) ?? "");
}
