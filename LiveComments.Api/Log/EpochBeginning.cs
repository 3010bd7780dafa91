using System.Text.Json;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.Api.Log;

/// <summary>
/// Fills a new epoch's log with what it takes over, so that it stands by itself: which streams there are, which have ended,
/// and what was said last on the live ones.
/// </summary>
/// <remarks>
/// Every Api process does this, at once or one after another; message ids are the same for all of them, so the log has each
/// entry once. What the sealed log and Postgres have comes first; then what this process alone remembers, such as a stream
/// whose first entry was lost; then the mark that the epoch has begun. Nobody uses the log before.
/// </remarks>
sealed partial class EpochBeginning(INatsJSContext jetStream, Heritage heritage, ModerationState moderation, ILogger<EpochBeginning> logger)
{
    // nats-server's error code for a subject that has an entry though it should have none.
    private const int WrongLastSequence = 10071;

    // As many publishes under way at once: enough to hide the round trip, few enough for the server to go on serving others.
    private const int Parallelism = 32;

    // What moderators decided last; the log takes no posts meanwhile, and this is some seconds. Postgres has all of it.
    private const int MaxActs = 20_000;

    private int _completed = 1;
    private bool _isPostgresOwed;

    public async Task CompleteAsync(LogHandle log, CancellationToken cancellationToken)
    {
        var isNews = log.Epoch > _completed;
        if (!isNews && !_isPostgresOwed)
            return;

        var hasBegun = await log.HasBegunAsync(cancellationToken);
        var inherited = await heritage.GatherAsync(log, onlyOwnMemory: hasBegun && !_isPostgresOwed, withComments: !hasBegun, cancellationToken);
        await Parallel.ForEachAsync(
            inherited.Streams,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            (stream, token) => CarryAsync(log, stream, token));
        if (isNews)
        {
            await Parallel.ForEachAsync(
                moderation.All.OrderByDescending(act => act.Place).Take(MaxActs),
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                (act, token) => CarryAsync(log, act.Act, token));
        }

        if (!hasBegun)
            await PublishAsync(LogSubjects.Begun(log.Shard, log.Epoch), LogEventTypes.EpochBegun, ReadOnlyMemory<byte>.Empty, "begun", null, mustBeFirst: true, cancellationToken);
        // While Postgres is away the epoch begins without it, and gets the rest later: posting must not wait for a database.
        _isPostgresOwed = !inherited.IsWhole;
        _completed = log.Epoch;
        if (isNews)
            EpochBegun(log.Epoch, inherited.Streams.Count, inherited.IsWhole ? "" : " Postgres does not answer; what only it knows follows when it is back.");
    }

    private async ValueTask CarryAsync(LogHandle log, InheritedStream stream, CancellationToken cancellationToken)
    {
        var id = stream.Created.Id;
        var subject = LogSubjects.Append(log.Shard, log.Epoch, id);
        await PublishAsync(
            subject, LogEventTypes.StreamCreated, Body(stream.Created), stream.MessageId ?? MessageId.Of(LogEventTypes.StreamCreated, id), null, mustBeFirst: true, cancellationToken);
        foreach (var comment in stream.Comments)
            await PublishAsync(subject, LogEventTypes.CommentPosted, comment.Body, comment.MessageId, comment.Headers, mustBeFirst: false, cancellationToken);
        if (stream.Ended is not { } ended)
            return;
        await PublishAsync(
            LogSubjects.Control(log.Shard, log.Epoch, id), LogEventTypes.StreamEnded, Body(ended), MessageId.Of(LogEventTypes.StreamEnded, "decided", id), null, mustBeFirst: true, cancellationToken);
        // The message id by which any process announces an end.
        await PublishAsync(subject, LogEventTypes.StreamEnded, Body(ended), MessageId.Of(LogEventTypes.StreamEnded, id), null, mustBeFirst: false, cancellationToken);
    }

    // What it did to reputations is done. What it had viewers see lies among the comments, or was seen long ago.
    private async ValueTask CarryAsync(LogHandle log, ModerationAct act, CancellationToken cancellationToken) =>
        await PublishAsync(
            act.StreamId is { } id ? LogSubjects.Moderation(log.Shard, log.Epoch, id) : LogSubjects.ModerationOfAll(log.Shard, log.Epoch),
            LogEventTypes.ModerationAct, JsonSerializer.SerializeToUtf8Bytes(act with { Moves = null }, ContractsJson.Wire.ModerationAct), MessageId.Of(LogHeaders.CarriedFrom, act.Id), null, mustBeFirst: false, cancellationToken);

    private async Task PublishAsync(
        string subject, string eventType, ReadOnlyMemory<byte> body, string messageId, NatsHeaders? headers, bool mustBeFirst, CancellationToken cancellationToken)
    {
        headers ??= [];
        headers[LogHeaders.EventType] = eventType;
        var options = new NatsJSPubOpts { MsgId = messageId, ExpectedLastSubjectSequence = mustBeFirst ? 0ul : null };
        var answer = await jetStream.PublishAsync(subject, body, opts: options, headers: headers, cancellationToken: cancellationToken);
        // That it is there already is as good as having put it there.
        if (answer.Error is { } error && error.ErrCode != WrongLastSequence)
            throw new NatsJSApiException(error);
    }

    private static byte[] Body(LiveStream stream) => JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream);

    [LoggerMessage(LogLevel.Warning, "Epoch {Epoch} has begun, with {Streams} streams taken over.{Rest}")]
    private partial void EpochBegun(int epoch, int streams, string rest);
}
