using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.Acts;
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
sealed class CommentDeletion(CommentFinder finder, KnownComments known, LogAppender log, ModerationActs acts, TimeProvider clock)
{
    // A comment that is hidden and brought back again and again while its author deletes it; then they are asked to try again.
    private const int MaxAttempts = 3;

    public async Task<DeletionResult> DeleteAsync(string streamId, long id, User user, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await TryDeleteAsync(streamId, id, user, cancellationToken) is { } result)
                return result;
        }

        return DeletionResult.Unavailable;
    }

    // Null when the comment came back meanwhile, and lies elsewhere now.
    private async Task<DeletionResult?> TryDeleteAsync(string streamId, long id, User user, CancellationToken cancellationToken)
    {
        var accepted = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await finder.FindAsync(streamId, id, cancellationToken) is not { } found)
            return DeletionResult.NotFound;
        if (found.Comment.UserId != user.Id)
            return found.IsDeleted ? DeletionResult.NotFound : DeletionResult.NotTheAuthor;
        if (found is { IsDeleted: true, IsHidden: false })
            return DeletionResult.Deleted;
        // What a moderator hid its author takes back for good: of this and of bringing it back the log takes one.
        if (found.IsHidden)
        {
            var act = acts.New(streamId, ModerationActKinds.DeleteComment, user, reason: null) with { Comment = found.Comment, Moves = [] };
            return await acts.PerformAsync(act, cancellationToken, once: HidingApi.DecisionOf(found.Comment)) switch
            {
                ActResult.Done { Act.Kind: ModerationActKinds.DeleteComment } => DeletionResult.Deleted,
                ActResult.Done => null,
                _ => DeletionResult.Unavailable,
            };
        }

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
