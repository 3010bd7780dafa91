using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Api.Log;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using Npgsql;

namespace LiveComments.Api.Reactions;

/// <summary>What somebody wants of their reaction of one type to a comment.</summary>
enum ReactionWish
{
    /// <summary>It is to be there.</summary>
    Set,

    /// <summary>It is to be gone.</summary>
    TakenBack,

    /// <summary>The opposite of what it is.</summary>
    Toggled,
}

abstract record ReactResult
{
    public sealed record Done(CommentReactionState State) : ReactResult;

    public sealed record NotFound : ReactResult;

    /// <summary>The log gave no answer, or too many changes came at once; trying again is safe.</summary>
    public sealed record Unavailable : ReactResult;
}

/// <summary>Sets, takes back and toggles reactions to comments: exactly one change after another, whichever process they come to.</summary>
/// <remarks>
/// 1. Read what holds: Postgres and what lies behind it in the log. It was said by an entry, or by none.
/// 2. Nothing to change: done, and nothing is appended.
/// 3. Append the change, with a message id made of user, comment, type and the entry that it follows. The log keeps one
///    entry of a message id, so of several changes that follow the same entry one is kept, be they equal or opposite.
/// 4. Not ours: the log says where the one lies that was kept. What that says holds now; on with 2.
/// So a user's entries about one comment and type form a chain in which each says the opposite of the one before. The
/// log knows message ids for its duplicate window, minutes, where 1 to 3 take milliseconds. Should they ever take longer,
/// a chain may say the same twice; the reaction is there once all the same, since entries say what holds, not what to add.
/// </remarks>
sealed class CommentReacting(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, LogAppender log, TimeProvider clock)
{
    // All of these are the user's own changes at the very same time.
    private const int MaxAttempts = 20;

    /// <param name="streamId">An existing stream.</param>
    /// <param name="commentId">Of any comment.</param>
    /// <param name="user">Who reacts.</param>
    /// <param name="type">One of <see cref="ReactionTypes"/>.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="key">Of a toggle: when the last change had this key, it was this very request, which is then not done twice.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    public async Task<ReactResult> ReactAsync(string streamId, long commentId, User user, string type, ReactionWish wish, string? key, CancellationToken cancellationToken)
    {
        var handle = await currentLog.WaitAsync(cancellationToken);
        if (await CommentReactionsNow.ReadAsync(database, reads, handle, streamId, commentId, user.Id, cancellationToken) is not { } now)
            return new ReactResult.NotFound();
        var index = ReactionTypes.IndexOf(type);
        var before = now.Own[index];
        var own = before;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var wanted = wish switch { ReactionWish.Set => true, ReactionWish.TakenBack => false, _ => !own.IsSet };
            var isDone = own.IsSet == wanted || (wish == ReactionWish.Toggled && key is not null && key == own.Key);
            if (isDone)
                return Done(own);
            switch (await AppendAsync(streamId, CommentId.ToText(commentId), user, type, now.Comment, own.Entry, wanted, key, cancellationToken))
            {
                case AppendResult.Stored(var cursor):
                    return Done(new OwnReaction(wanted, cursor, key));
                case AppendResult.Duplicate(var cursor):
                    if ((await currentLog.WaitAsync(cancellationToken)).Of(cursor.Epoch) is not { } there
                        || await there.AtAsync(cursor.Sequence, cancellationToken) is not { EventType: LogEventTypes.CommentReacted } entry)
                        return new ReactResult.Unavailable();
                    own = new OwnReaction(ReactionTail.ParseChange(entry).IsSet, cursor, LogEntry.Header(entry.Headers, LogHeaders.IdempotencyKey));
                    break;
                default:
                    return new ReactResult.Unavailable();
            }
        }

        return new ReactResult.Unavailable();

        ReactResult.Done Done(OwnReaction holds)
        {
            now.Counts[index] += (holds.IsSet ? 1 : 0) - (before.IsSet ? 1 : 0);
            now.Own[index] = holds;
            return new ReactResult.Done(new CommentReactionState(streamId, CommentId.ToText(commentId), type, holds.IsSet, Counts.Named(now.Counts), now.Mine));
        }
    }

    private Task<AppendResult> AppendAsync(string streamId, string commentId, User user, string type, Cursor about, Cursor? follows, bool isSet, string? key, CancellationToken cancellationToken)
    {
        var change = new CommentReaction
        {
            StreamId = streamId,
            CommentId = commentId,
            UserId = user.Id,
            Username = user.Username,
            DisplayName = user.DisplayName == user.Username ? null : user.DisplayName,
            AvatarUrl = user.AvatarUrl,
            ReactionType = type,
            IsSet = isSet,
            ReactedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var headers = new NatsHeaders { [LogHeaders.About] = about.ToString() };
        if (key is not null)
            headers[LogHeaders.IdempotencyKey] = key;
        return log.AppendAsync(
            streamId, LogEventTypes.CommentReacted, JsonSerializer.SerializeToUtf8Bytes(change, ContractsJson.Wire.CommentReaction),
            MessageId.Of(LogEventTypes.CommentReacted, streamId, commentId, user.Id, type, follows?.ToString() ?? ""), headers, mustBeFirst: false, cancellationToken);
    }
}
