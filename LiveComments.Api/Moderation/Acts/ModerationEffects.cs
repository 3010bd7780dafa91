using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Moderation.Acts;

/// <summary>
/// What viewers see of an act: an entry among the stream's others. Whoever hears of the act writes it, with the same message
/// id, so it is there once, even when the process that decided died in between.
/// </summary>
sealed class ModerationEffects(LogAppender log, StreamDirectory streams, IOptions<LogOptions> options, TimeProvider clock)
{
    // Half the time for which the log recognises a message id: later, saying it again might store it again.
    private readonly TimeSpan _within = options.Value.DuplicateWindow / 2;

    /// <summary>False when the log gave no answer; trying again is safe.</summary>
    /// <param name="act">In the log.</param>
    /// <param name="headers">Of its entry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> FollowAsync(ModerationAct act, NatsHeaders? headers, CancellationToken cancellationToken)
    {
        if (act is not { StreamId: { } streamId, Comment: { } comment } || IsOver(act))
            return true;
        return act.Kind switch
        {
            ModerationActKinds.DeleteComment => await DeleteAsync(streamId, act, comment, cancellationToken),
            ModerationActKinds.HideComment => await HideAsync(streamId, act, comment, cancellationToken),
            ModerationActKinds.UnhideComment => await RestoreAsync(streamId, act, comment, cancellationToken) is not null,
            ModerationActKinds.ApproveComment => await PostAsync(streamId, comment, act.At, headers, cancellationToken) is not AppendResult.Unavailable,
            ModerationActKinds.Pin => await MarkAsync(streamId, act.Id, comment, new CommentUpdated(streamId, comment.Id, NoChanges) { IsPinned = true }, cancellationToken),
            ModerationActKinds.Unpin => await MarkAsync(streamId, act.Id, comment, new CommentUpdated(streamId, comment.Id, NoChanges) { IsPinned = false }, cancellationToken),
            ModerationActKinds.Highlight => await MarkAsync(streamId, act.Id, comment, new CommentUpdated(streamId, comment.Id, NoChanges) { IsHighlighted = true }, cancellationToken),
            ModerationActKinds.Unhighlight => await MarkAsync(streamId, act.Id, comment, new CommentUpdated(streamId, comment.Id, NoChanges) { IsHighlighted = false }, cancellationToken),
            _ => true,
        };
    }

    /// <summary>
    /// Tells viewers how the stream's conversation goes from here on. Only for who follows the log, and so says it of one
    /// change after the other: two changes at once must not reach viewers in the wrong order.
    /// </summary>
    /// <returns>False when the log gave no answer; trying again is safe.</returns>
    public async Task<bool> TellSettingsAsync(ModerationAct act, CancellationToken cancellationToken)
    {
        if (act is not { Kind: ModerationActKinds.ChangeSettings, StreamId: { } streamId, After: { } settings } || IsOver(act)
            || await FindAsync(streamId, cancellationToken) is not { } stream)
            return true;
        var body = JsonSerializer.SerializeToUtf8Bytes(stream with { Settings = settings }, ContractsJson.Wire.LiveStream);
        return await log.AppendAsync(streamId, LogEventTypes.StreamSettings, body, MessageId.Of(LogEventTypes.StreamSettings, streamId, act.Id), new NatsHeaders(), mustBeFirst: false, cancellationToken)
            is AppendResult.Stored or AppendResult.Duplicate;
    }

    private async Task<LiveStream?> FindAsync(string streamId, CancellationToken cancellationToken)
    {
        try
        {
            return await streams.FindAsync(streamId, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or BrokenCircuitException)
        {
            // A stream that the log has forgotten, and Postgres is away: who watches it reads its settings when they come next.
            return null;
        }
    }

    private bool IsOver(ModerationAct act) => clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(act.At) > _within;

    private static readonly Dictionary<string, int> NoChanges = [];

    private async Task<bool> MarkAsync(string streamId, string actId, Comment comment, CommentUpdated mark, CancellationToken cancellationToken) =>
        await log.AppendAsync(
            streamId, LogEventTypes.CommentMarked, JsonSerializer.SerializeToUtf8Bytes(mark, ContractsJson.Wire.CommentUpdated), MessageId.Of(LogEventTypes.CommentMarked, streamId, actId),
            new NatsHeaders { [LogHeaders.About] = comment.Cursor }, mustBeFirst: false, cancellationToken)
            is AppendResult.Stored or AppendResult.Duplicate;

    /// <summary>Posts what was held, now: in the order of those that come now.</summary>
    public Task<AppendResult> PostAsync(string streamId, Comment comment, long at, NatsHeaders? held, CancellationToken cancellationToken)
    {
        var headers = new NatsHeaders();
        foreach (var name in HeldHeaders.Kept)
        {
            if (LogEntry.Header(held, name) is { } value)
                headers[name] = value;
        }

        return log.AppendAsync(
            streamId, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(Approved(comment, at), ContractsJson.Wire.Comment),
            MessageId.Of(ModerationActKinds.ApproveComment, streamId, comment.Id), headers, mustBeFirst: false, cancellationToken);
    }

    /// <summary>The comment as it is posted: of the moment at which it was approved.</summary>
    public static Comment Approved(Comment comment, long at) => comment with { CreatedAt = at, ReceivedAt = at, Status = null, Cursor = null, IdempotencyKey = null };

    private async Task<bool> HideAsync(string streamId, ModerationAct act, Comment comment, CancellationToken cancellationToken) =>
        await log.AppendAsync(
            streamId, LogEventTypes.CommentHidden, Removal(streamId, comment), MessageId.Of(LogEventTypes.CommentHidden, streamId, act.Id),
            new NatsHeaders { [LogHeaders.Removes] = comment.Cursor, [LogHeaders.AcceptedAt] = LogHeaders.TimeOf(act.At) }, mustBeFirst: false, cancellationToken)
            is AppendResult.Stored or AppendResult.Duplicate;

    /// <summary>Posts a hidden comment once more, and tells where; null when the log gave no answer.</summary>
    public async Task<Cursor?> RestoreAsync(string streamId, ModerationAct act, Comment comment, CancellationToken cancellationToken)
    {
        // Of when it was written; only how long it takes from here until it is seen is measured from now.
        var body = JsonSerializer.SerializeToUtf8Bytes(comment with { RestoredFrom = comment.Cursor, ReceivedAt = act.At, Status = null, Cursor = null, IdempotencyKey = null }, ContractsJson.Wire.Comment);
        return await log.AppendAsync(
            streamId, LogEventTypes.CommentPosted, body, MessageId.Of(ModerationActKinds.UnhideComment, streamId, act.Id),
            new NatsHeaders { [LogHeaders.Restores] = comment.Cursor }, mustBeFirst: false, cancellationToken) switch
        {
            AppendResult.Stored(var place) => place,
            AppendResult.Duplicate(var place) => place,
            _ => null,
        };
    }

    /// <summary>Takes a comment away once more, from where it came back to while somebody deleted it.</summary>
    public async Task<bool> DeleteAgainAsync(string streamId, Comment comment, CancellationToken cancellationToken) =>
        await log.AppendAsync(
            streamId, LogEventTypes.CommentDeleted, Removal(streamId, comment), MessageId.Of(LogEventTypes.CommentDeleted, streamId, comment.Id, comment.Cursor ?? ""),
            new NatsHeaders { [LogHeaders.Removes] = comment.Cursor }, mustBeFirst: false, cancellationToken)
            is AppendResult.Stored or AppendResult.Duplicate;

    private static byte[] Removal(string streamId, Comment comment) => JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved(streamId, comment.Id), ContractsJson.Wire.CommentRemoved);

    private async Task<bool> DeleteAsync(string streamId, ModerationAct act, Comment comment, CancellationToken cancellationToken)
    {
        var body = Removal(streamId, comment);
        // As if its author had taken it back: the log keeps one deletion, whoever it is by.
        return await log.AppendAsync(
            streamId, LogEventTypes.CommentDeleted, body, MessageId.Of(LogEventTypes.CommentDeleted, streamId, comment.Id), new NatsHeaders { [LogHeaders.Removes] = comment.Cursor, [LogHeaders.AcceptedAt] = LogHeaders.TimeOf(act.At) }, mustBeFirst: false, cancellationToken)
            is AppendResult.Stored or AppendResult.Duplicate;
    }
}
