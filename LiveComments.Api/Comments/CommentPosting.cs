using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Api.Comments;

/// <summary>What became of a post.</summary>
abstract record PostResult
{
    /// <summary>The comment is in the log. A retry of an accepted post ends here, too, with the original comment.</summary>
    public sealed record Accepted(Comment Comment) : PostResult;

    /// <summary>The idempotency key was used before, for another post.</summary>
    public sealed record KeyReused : PostResult;

    /// <summary>The log gave no answer; a retry with the same key is safe.</summary>
    public sealed record Unavailable : PostResult;
}

/// <summary>Turns a valid post into an entry of the log.</summary>
sealed class CommentPosting(LogAppender log, CurrentLog currentLog, Snowflake ids, TimeProvider clock)
{
    /// <param name="streamId">An existing live stream.</param>
    /// <param name="user">The author.</param>
    /// <param name="post">The request as it came; only its hash is kept.</param>
    /// <param name="text">Its content, normalised.</param>
    /// <param name="key">The client's idempotency key; null makes the post unrepeatable.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    public async Task<PostResult> PostAsync(string streamId, User user, PostComment post, string text, string? key, CancellationToken cancellationToken)
    {
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
        var hash = HashOf(post, text);
        var headers = new NatsHeaders { [LogHeaders.RequestHash] = hash };
        if (key is not null)
            headers[LogHeaders.IdempotencyKey] = key;
        var messageId = MessageId.Of(LogEventTypes.CommentPosted, streamId, user.Id, key ?? comment.Id);
        var body = JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment);

        return await log.AppendAsync(streamId, LogEventTypes.CommentPosted, body, messageId, headers, mustBeFirst: false, cancellationToken) switch
        {
            AppendResult.Stored(var cursor) => new PostResult.Accepted(ForItsAuthor(comment, cursor, key)),
            AppendResult.Duplicate(var cursor) => await OriginalAsync(cursor, hash, key, cancellationToken),
            _ => new PostResult.Unavailable(),
        };
    }

    private async Task<PostResult> OriginalAsync(Cursor cursor, string hash, string? key, CancellationToken cancellationToken)
    {
        var handle = await currentLog.WaitAsync(cancellationToken);
        var entry = await handle.AtAsync(cursor.Sequence, cancellationToken);
        if (entry is null)
            return new PostResult.Unavailable();
        if (LogEntry.Header(entry.Headers, LogHeaders.RequestHash) != hash)
            return new PostResult.KeyReused();
        var original = JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.Comment)
            ?? throw new InvalidDataException($"The log's entry {cursor} has no comment in it.");
        return new PostResult.Accepted(ForItsAuthor(original, cursor, key));
    }

    private static Comment ForItsAuthor(Comment comment, Cursor cursor, string? key) =>
        comment with { Cursor = cursor.ToString(), IdempotencyKey = key };

    private static string HashOf(PostComment post, string text) =>
        MessageId.Of(text, post.ParentId ?? "", post.MediaTimeMs?.ToString(CultureInfo.InvariantCulture) ?? "");
}
