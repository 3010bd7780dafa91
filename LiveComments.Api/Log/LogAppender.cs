using System.Diagnostics;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.Api.Log;

/// <summary>What became of an append.</summary>
abstract record AppendResult
{
    /// <summary>Stored, and acknowledged by the log.</summary>
    public sealed record Stored(Cursor Cursor) : AppendResult;

    /// <summary>An entry with this message id was stored before; this is where it lies.</summary>
    public sealed record Duplicate(Cursor Cursor) : AppendResult;

    /// <summary>The subject was not empty, though <c>mustBeFirst</c> said so.</summary>
    public sealed record NotFirst : AppendResult;

    /// <summary>Another epoch has begun than the caller decided for; nothing was appended there.</summary>
    public sealed record EpochBegan : AppendResult;

    /// <summary>The log gave no answer in time. The entry may or may not be stored: a retry with the same message id is safe.</summary>
    public sealed record Unavailable(string Reason) : AppendResult;
}

/// <summary>Appends entries. An entry counts as accepted when JetStream has acknowledged it, and not before.</summary>
/// <remarks>
/// 1. Wait until the log is beyond doubt, which it nearly always is.
/// 2. Publish. A log that was sealed meanwhile refuses: again from 1, in the next epoch.
/// 3. Believe the acknowledgement if nothing cast doubt on the log since 1, and the sequence is higher than every one known
///    before 2. A sequence that was known proves that the log went backwards.
/// 4. Else wait for the comparison, which is told of the sequence. If the log is what it was, and has the entry, it is safe; if an epoch has begun, append there: with
///    the same message id, so it is stored once whatever became of the first attempt. A caller who relied on what the old log
///    remembers is asked again before that (<c>onlyInEpoch</c>).
/// </remarks>
sealed partial class LogAppender(INatsJSContext jetStream, LogTrust trust, ILogger<LogAppender> logger, LoadMeter? load = null)
{
    // nats-server's error codes for a wrong last sequence of the subject, and for a log whose epoch has ended.
    private const int WrongLastSequence = 10071;
    private const int Sealed = 10109;

    // Of those that the log acknowledged: one that is away is no sign of too much to do.
    private readonly DelayMeter? _delay = load?.DelayOf("an append to the log");

    /// <param name="streamId">The live stream.</param>
    /// <param name="eventType">One of <see cref="LogEventTypes"/>.</param>
    /// <param name="body">JSON, UTF-8.</param>
    /// <param name="messageId">The same for every retry of the same act.</param>
    /// <param name="headers">What to store beside the body.</param>
    /// <param name="mustBeFirst">Store only if the stream has no entry yet.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    /// <param name="onlyInEpoch">Whose log must recognise the message id: a later one has never seen it, and would store the entry again.</param>
    public Task<AppendResult> AppendAsync(
        string streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, bool mustBeFirst, CancellationToken cancellationToken, int? onlyInEpoch = null) =>
        AppendAsync(LogSubjects.Append, streamId, eventType, body, messageId, headers, mustBeFirst, onlyInEpoch, cancellationToken);

    /// <summary>Decides about a stream, for once and all: <see cref="AppendResult.NotFirst"/> when it has been decided.</summary>
    public Task<AppendResult> DecideAsync(string streamId, string eventType, byte[] body, string messageId, CancellationToken cancellationToken) =>
        AppendAsync(LogSubjects.Control, streamId, eventType, body, messageId, new NatsHeaders(), mustBeFirst: true, onlyInEpoch: null, cancellationToken);

    /// <summary>Appends what a moderator did, or what waits for one. The log keeps one of several with the same message id.</summary>
    /// <param name="streamId">Null for what holds on all streams.</param>
    /// <param name="eventType">One of <see cref="LogEventTypes"/>.</param>
    /// <param name="body">JSON, UTF-8.</param>
    /// <param name="messageId">The same for every retry of the same act.</param>
    /// <param name="headers">What to store beside the body.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    /// <param name="onlyInEpoch">As for any other entry.</param>
    public Task<AppendResult> ModerateAsync(string? streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, CancellationToken cancellationToken, int? onlyInEpoch = null) =>
        streamId is null
            ? AppendAsync(static (shard, epoch, _) => LogSubjects.ModerationOfAll(shard, epoch), "", eventType, body, messageId, headers, mustBeFirst: false, onlyInEpoch, cancellationToken)
            : AppendAsync(LogSubjects.Moderation, streamId, eventType, body, messageId, headers, mustBeFirst: false, onlyInEpoch, cancellationToken);

    private Task<AppendResult> AppendAsync(
        Func<int, int, string, string> subject, string streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, bool mustBeFirst, int? onlyInEpoch,
        CancellationToken cancellationToken) =>
        Activity.Current is { Recorded: true }
            ? TracedAppendAsync(subject, streamId, eventType, body, messageId, headers, mustBeFirst, onlyInEpoch, cancellationToken)
            : TryAppendAsync(subject, streamId, eventType, body, messageId, headers, mustBeFirst, onlyInEpoch, cancellationToken);

    // Apart, since what a lambda takes along is allocated where it could be made, not where it is.
    private Task<AppendResult> TracedAppendAsync(
        Func<int, int, string, string> subject, string streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, bool mustBeFirst, int? onlyInEpoch,
        CancellationToken cancellationToken) =>
        AppendTrace.AppendAsync(
            streamId, eventType, body.Length, headers, () => TryAppendAsync(subject, streamId, eventType, body, messageId, headers, mustBeFirst, onlyInEpoch, cancellationToken));

    private async Task<AppendResult> TryAppendAsync(
        Func<int, int, string, string> subject, string streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, bool mustBeFirst, int? onlyInEpoch,
        CancellationToken cancellationToken)
    {
        headers[LogHeaders.EventType] = eventType;
        var options = new NatsJSPubOpts { MsgId = messageId, ExpectedLastSubjectSequence = mustBeFirst ? 0ul : null };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(LogConnection.RequestTimeout);
        try
        {
            while (true)
            {
                var confirmed = await trust.ConfirmedAsync(timeout.Token);
                var (log, highest) = (confirmed.Log, confirmed.Highest);
                if (onlyInEpoch is { } epoch && log.Epoch != epoch)
                    return new AppendResult.EpochBegan();
                var known = highest.Sequence;
                var began = TimeProvider.System.GetTimestamp();
                var answer = await jetStream.PublishAsync(subject(log.Shard, log.Epoch, streamId), body, opts: options, headers: headers, cancellationToken: timeout.Token);
                switch (answer.Error)
                {
                    case { ErrCode: WrongLastSequence }:
                        return new AppendResult.NotFirst();
                    case { ErrCode: Sealed }:
                        trust.Doubt(isConnected: true);
                        continue;
                    case { } error:
                        LogRefused(error.ErrCode, error.Description ?? "");
                        return new AppendResult.Unavailable(error.Description ?? "");
                }

                // Before it is noted: what another server acknowledges must not pass for the newest that this one had.
                trust.Look();
                if (!answer.Duplicate && answer.Seq <= known)
                {
                    SequenceCameTwice(answer.Seq, log.Epoch);
                    trust.ProveBackwards(log.Epoch);
                }

                // Before a doubt is asked for: whatever compares the log after one looks for this entry.
                highest.Note(answer.Seq, messageId);
                if (!trust.StillHolds(confirmed))
                {
                    trust.NoteInDoubt(confirmed, new KnownEntry(new Cursor(log.Epoch, answer.Seq), messageId));
                    if ((await trust.ConfirmedAsync(timeout.Token)).Log.Epoch != log.Epoch)
                        continue;
                    // Another process may have appended before anybody could know of this entry: then the log is long enough, and not what it was.
                    if (!await log.HasAsync(answer.Seq, messageId, timeout.Token))
                    {
                        SequenceCameTwice(answer.Seq, log.Epoch);
                        trust.ProveBackwards(log.Epoch);
                        continue;
                    }
                }

                _delay?.Note(TimeProvider.System.GetElapsedTime(began));
                var cursor = new Cursor(log.Epoch, answer.Seq);
                return answer.Duplicate ? new AppendResult.Duplicate(cursor) : new AppendResult.Stored(cursor);
            }
        }
        catch (NatsJSPublishNoResponseException exception)
        {
            // Nobody takes the subject: the log may be gone altogether.
            trust.Doubt(isConnected: true);
            LogAway(exception.Message);
            return new AppendResult.Unavailable(exception.Message);
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            LogAway(exception.Message);
            return new AppendResult.Unavailable(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The log gave out the sequence {Sequence} of epoch {Epoch} a second time: it went backwards.")]
    private partial void SequenceCameTwice(ulong sequence, int epoch);

    [LoggerMessage(LogLevel.Error, "The log refused an entry with error {Code}: {Reason}")]
    private partial void LogRefused(int code, string reason);

    [LoggerMessage(LogLevel.Warning, "The log did not answer an append: {Reason}")]
    private partial void LogAway(string reason);
}
