using LiveComments.Contracts;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using NATS.Client.Core;

namespace LiveComments.Fanout.Transports;

/// <summary>What became of the wish to watch a stream.</summary>
abstract record JoinResult
{
    /// <summary>In the room. Dispose the stay to leave it.</summary>
    /// <param name="Stay">The place in the room.</param>
    /// <param name="Entrance">Where the viewer goes on from.</param>
    /// <param name="Catchup">What it is sent before that.</param>
    public sealed record Joined(RoomDirectory.Stay Stay, Entrance Entrance, Catchup Catchup) : JoinResult;

    /// <summary>There is no stream of that id.</summary>
    public sealed record NoSuchStream : JoinResult;

    /// <summary>This node stops, and lets nobody in; another does.</summary>
    public sealed record Stopping : JoinResult;

    /// <summary>The log gives no answer; trying again in a moment makes sense.</summary>
    public sealed record Away : JoinResult;
}

/// <summary>Lets viewers into rooms, whatever transport they come by.</summary>
sealed partial class Joining(RoomDirectory rooms, CurrentLog currentLog, NodeEnd end, ILogger<Joining> logger)
{
    /// <param name="streamId">As the client gave it.</param>
    /// <param name="from">What the viewer has seen last; null starts afresh.</param>
    /// <param name="cancellationToken">The viewer went away.</param>
    public async Task<JoinResult> JoinAsync(string streamId, ResumePoint? from, CancellationToken cancellationToken)
    {
        if (!StreamId.IsValid(streamId))
            return new JoinResult.NoSuchStream();
        if (end.HasBegun)
            return new JoinResult.Stopping();
        if (currentLog.Handle is null)
            return new JoinResult.Away();
        RoomDirectory.Stay? stay = null;
        try
        {
            stay = await rooms.EnterAsync(streamId, cancellationToken);
            if (stay is null)
                return new JoinResult.NoSuchStream();
            var entrance = stay.Room.Enter();
            var joined = new JoinResult.Joined(stay, entrance, await Resume.FindAsync(stay.Room, entrance, stay.Log, from, cancellationToken));
            stay = null;
            return joined;
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            CannotOpen(streamId, exception);
            return new JoinResult.Away();
        }
        finally
        {
            stay?.Dispose();
        }
    }

    public static ProblemHttpResult NoSuchStream() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, NoSuchStreamText);

    public static ProblemHttpResult Away(HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, AwayText, retryable: true);
    }

    public static ProblemHttpResult Stopping(HttpResponse response)
    {
        // In whole seconds; by then whoever chose this node has seen that it is not ready.
        response.Headers.RetryAfter = "2";
        response.Headers[LiveHeaders.Stopping] = "true";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, StoppingText, retryable: true);
    }

    public const string NoSuchStreamText = "There is no stream of that id: ids are 1 to 64 letters, digits, '_' and '-'.";
    public const string StoppingText = "This node stops; come back, and resume.";
    public const string AwayText = "The log does not answer; try again in a moment.";

    [LoggerMessage(LogLevel.Warning, "The room of stream {StreamId} can't be opened now.")]
    private partial void CannotOpen(string streamId, Exception exception);
}
