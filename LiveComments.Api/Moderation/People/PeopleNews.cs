using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Api.Moderation.People;

/// <summary>
/// Tells the nodes at once what concerns one user: that they are banned, or what became of a comment of theirs that was held.
/// What is missed does no lasting harm: nodes ask about bans again and again, and authors read of their comments over REST.
/// </summary>
sealed partial class PeopleNews(INatsConnection nats, CurrentLog currentLog, TimeProvider clock, ILogger<PeopleNews> logger)
{
    // The act holds already, and its answer must not wait for this.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromMilliseconds(250);

    public async Task TellAsync(ModerationAct act, Cursor place)
    {
        if (NewsOf(act, place) is not { } news || currentLog.Handle is not { } log)
            return;
        using var timeout = new CancellationTokenSource(PublishTimeout, clock);
        try
        {
            await nats.PublishAsync(PeopleSubjects.News(log.Shard), JsonSerializer.SerializeToUtf8Bytes(news, PeopleJson.Default.PersonNews), cancellationToken: timeout.Token);
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException or IOException)
        {
            NotTold(act.Kind, exception.Message);
        }
    }

    private static PersonNews? NewsOf(ModerationAct act, Cursor place) => act switch
    {
        { Kind: ModerationActKinds.Ban, UserId: { } userId } => new PersonNews(userId, act.StreamId) { BannedBy = place.ToString() },
        { Kind: ModerationActKinds.ApproveComment, StreamId: { } streamId, Comment: { } comment } =>
            new PersonNews(comment.UserId, streamId) { Reviewed = new CommentReviewed(streamId, comment.Id, HeldStatus.Approved, act.Reason) },
        { Kind: ModerationActKinds.RejectComment, StreamId: { } streamId, Comment: { } comment } =>
            new PersonNews(comment.UserId, streamId) { Reviewed = new CommentReviewed(streamId, comment.Id, HeldStatus.Rejected, act.Reason) },
        _ => null,
    };

    [LoggerMessage(LogLevel.Warning, "The nodes could not be told at once of an act of kind {Kind}. {Reason}")]
    private partial void NotTold(string kind, string reason);
}
