using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Reports;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Moderation.Reputation;

/// <summary>What an act does to reputations: of the comment's author, of those who reported it, of who is banned.</summary>
/// <remarks>Worked out once, by who performs the act, and stored in it: so it is the same everywhere, and stays what it was when these numbers change.</remarks>
sealed partial class ReputationMoves(ModerationState state, NpgsqlDataSource database, DatabaseReads reads, TimeProvider clock, ILogger<ReputationMoves> logger)
{
    // Losing is quicker than winning back: five deleted comments make a user whom nobody knows the worst there is, and
    // twenty-five that were looked at and found good the best.
    private const double Kept = 0.02;
    private const double Rejected = -0.05;
    private const double Removed = -0.1;
    private const double Banned = -0.3;
    private const double ReportWasRight = 0.05;
    private const double ReportWasWrong = -0.05;

    // A healthy answer takes a millisecond; viewers wait for what is to be taken from them.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Null when the act moves nobody's.</summary>
    /// <param name="act">About to be performed.</param>
    /// <param name="cancellationToken">Ends the reading of who reported.</param>
    public async Task<IReadOnlyList<ReputationMove>?> OfAsync(ModerationAct act, CancellationToken cancellationToken)
    {
        var moves = act switch
        {
            { Kind: ModerationActKinds.ApproveComment, Comment: { } comment } => [new(comment.UserId, Kept)],
            { Kind: ModerationActKinds.RejectComment, Comment: { } comment } => [new(comment.UserId, Rejected)],
            { Kind: ModerationActKinds.KeepComment, Comment: { } comment } => [new(comment.UserId, Kept), .. await OfReportersAsync(act, ReportWasWrong, cancellationToken)],
            { Kind: ModerationActKinds.DeleteComment or ModerationActKinds.HideComment, Comment: { } comment } =>
                [new(comment.UserId, Removed), .. await OfReportersAsync(act, ReportWasRight, cancellationToken)],
            // The moderator thinks better of it.
            { Kind: ModerationActKinds.UnhideComment, Comment: { } comment } => [new(comment.UserId, -Removed)],
            // Changing for how long is no second ban.
            { Kind: ModerationActKinds.Ban, UserId: { } userId } when state.Find(act.StreamId, SanctionKinds.Ban, userId) is null => [new(userId, Banned)],
            _ => (IReadOnlyList<ReputationMove>)[],
        };
        return moves.Count == 0 ? null : moves;
    }

    // Who reported is told by Postgres, as moderators see it there. An act must not wait for it, or fail by it.
    private async Task<IEnumerable<ReputationMove>> OfReportersAsync(ModerationAct act, double by, CancellationToken cancellationToken)
    {
        if (act.StreamId is not { } streamId || !CommentId.TryParse(act.Comment?.Id, out var id))
            return [];
        try
        {
            var reporters = await reads.ReadAsync(token => ReportRows.ReportersAsync(database, streamId, id, token), cancellationToken).WaitAsync(Patience, clock, cancellationToken);
            return reporters.Where(userId => userId != act.Comment?.UserId).Select(userId => new ReputationMove(userId, by));
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or BrokenCircuitException)
        {
            ReportersUnknown(exception.Message);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Warning, "Postgres can't say who reported a comment; their reputation stays as it is. {Reason}")]
    private partial void ReportersUnknown(string reason);
}
