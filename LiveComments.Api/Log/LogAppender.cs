using LiveComments.Contracts;
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

    /// <summary>The log gave no answer in time. The entry may or may not be stored: a retry with the same message id is safe.</summary>
    public sealed record Unavailable(string Reason) : AppendResult;
}

/// <summary>Appends entries. An entry counts as accepted when JetStream has acknowledged it, and not before.</summary>
sealed partial class LogAppender(INatsJSContext jetStream, CurrentLog currentLog, ILogger<LogAppender> logger)
{
    // nats-server's error code for a wrong last sequence of the subject.
    private const int WrongLastSequence = 10071;

    /// <param name="streamId">The live stream.</param>
    /// <param name="eventType">One of <see cref="LogEventTypes"/>.</param>
    /// <param name="body">JSON, UTF-8.</param>
    /// <param name="messageId">The same for every retry of the same act.</param>
    /// <param name="headers">What to store beside the body.</param>
    /// <param name="mustBeFirst">Store only if the stream has no entry yet.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    public Task<AppendResult> AppendAsync(
        string streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, bool mustBeFirst, CancellationToken cancellationToken) =>
        AppendAsync(LogSubjects.Append, streamId, eventType, body, messageId, headers, mustBeFirst, cancellationToken);

    /// <summary>Decides about a stream, for once and all: <see cref="AppendResult.NotFirst"/> when it has been decided.</summary>
    public Task<AppendResult> DecideAsync(string streamId, string eventType, byte[] body, string messageId, CancellationToken cancellationToken) =>
        AppendAsync(LogSubjects.Control, streamId, eventType, body, messageId, new NatsHeaders(), mustBeFirst: true, cancellationToken);

    private async Task<AppendResult> AppendAsync(
        Func<int, string, string> subject, string streamId, string eventType, byte[] body, string messageId, NatsHeaders headers, bool mustBeFirst, CancellationToken cancellationToken)
    {
        if (currentLog.Handle is not { } log)
            return new AppendResult.Unavailable("The log has not been found yet.");

        headers[LogHeaders.EventType] = eventType;
        var options = new NatsJSPubOpts { MsgId = messageId, ExpectedLastSubjectSequence = mustBeFirst ? 0ul : null };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(LogConnection.RequestTimeout);
        try
        {
            var answer = await jetStream.PublishAsync(subject(log.Shard, streamId), body, opts: options, headers: headers, cancellationToken: timeout.Token);
            if (answer.Error is { } error)
            {
                if (error.ErrCode == WrongLastSequence)
                    return new AppendResult.NotFirst();
                LogRefused(error.ErrCode, error.Description ?? "");
                return new AppendResult.Unavailable(error.Description ?? "");
            }

            var cursor = new Cursor(log.Epoch, answer.Seq);
            return answer.Duplicate ? new AppendResult.Duplicate(cursor) : new AppendResult.Stored(cursor);
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            LogAway(exception.Message);
            return new AppendResult.Unavailable(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "The log refused an entry with error {Code}: {Reason}")]
    private partial void LogRefused(int code, string reason);

    [LoggerMessage(LogLevel.Warning, "The log did not answer an append: {Reason}")]
    private partial void LogAway(string reason);
}
