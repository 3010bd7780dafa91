using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Api.Comments;

enum DeletionResult
{
    /// <summary>The deletion is in the log, now or since before.</summary>
    Deleted,

    NotFound,

    /// <summary>The comment is somebody else's.</summary>
    NotTheAuthor,

    /// <summary>The log gave no answer; trying again is safe.</summary>
    Unavailable,
}

/// <summary>Takes a comment back for its author: an entry that names the comment. What the log has stays in the log.</summary>
sealed class CommentDeletion(CommentFinder finder, KnownComments known, LogAppender log, TimeProvider clock)
{
    public async Task<DeletionResult> DeleteAsync(string streamId, long id, User user, CancellationToken cancellationToken)
    {
        var accepted = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await finder.FindAsync(streamId, id, cancellationToken) is not { } found)
            return DeletionResult.NotFound;
        if (found.Comment.UserId != user.Id)
            return found.IsDeleted ? DeletionResult.NotFound : DeletionResult.NotTheAuthor;
        // What a moderator hid its author takes back for good.
        if (found is { IsDeleted: true, IsHidden: false })
            return DeletionResult.Deleted;

        var body = JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved(streamId, found.Comment.Id), ContractsJson.Wire.CommentRemoved);
        var headers = new NatsHeaders { [LogHeaders.Removes] = found.Comment.Cursor, [LogHeaders.AcceptedAt] = LogHeaders.TimeOf(accepted) };
        // The same for everybody who deletes it at once: the log keeps one.
        var messageId = MessageId.Of(LogEventTypes.CommentDeleted, streamId, found.Comment.Id);
        if (await log.AppendAsync(streamId, LogEventTypes.CommentDeleted, body, messageId, headers, mustBeFirst: false, cancellationToken) is not (AppendResult.Stored or AppendResult.Duplicate))
            return DeletionResult.Unavailable;
        known.Forget(streamId, id);
        return DeletionResult.Deleted;
    }
}
