using LiveComments.Contracts;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.People;
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
    /// <param name="Beginning">Where the viewer goes on from, and what it is sent before that.</param>
    public sealed record Joined(RoomDirectory.Stay Stay, Beginning Beginning) : JoinResult;

    /// <summary>There is no stream of that id.</summary>
    public sealed record NoSuchStream : JoinResult;

    /// <summary>This node stops, and lets nobody in; another does.</summary>
    public sealed record Stopping : JoinResult;

    /// <summary>Who it is, is banned there.</summary>
    /// <param name="Why">In words, for the viewer.</param>
    public sealed record Banned(string Why) : JoinResult;

    /// <summary>The log gives no answer; trying again in a moment makes sense.</summary>
    public sealed record Away : JoinResult;
}

/// <summary>Lets viewers into rooms, whatever transport they come by.</summary>
/// <remarks>
/// 1. Into the room, which has heard by then of all that was removed before: see <see cref="RoomDirectory.EnterAsync"/>.
/// 2. Who is in it by name is told of a ban from here on; so one that came before this is asked for now.
/// 3. What was missed.
/// </remarks>
sealed partial class Joining(RoomDirectory rooms, CurrentLog currentLog, BanQuestions bans, NodeEnd end, ILogger<Joining> logger)
{
    /// <param name="streamId">As the client gave it.</param>
    /// <param name="from">What the viewer has seen last; null starts afresh.</param>
    /// <param name="viewer">Who it is; null when that is not known.</param>
    /// <param name="cancellationToken">The viewer went away.</param>
    public async Task<JoinResult> JoinAsync(string streamId, ResumePoint? from, User? viewer, CancellationToken cancellationToken)
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
            // 1.
            stay = await rooms.EnterAsync(streamId, cancellationToken);
            if (stay is null)
                return new JoinResult.NoSuchStream();
            // 2.
            stay.Become(viewer?.Id);
            var entrance = stay.Room.Enter();
            if (await bans.RefusalAsync(streamId, viewer, cancellationToken) is { } why)
                return new JoinResult.Banned(why);

            // 3.
            var joined = new JoinResult.Joined(stay, await Resume.FindAsync(stay.Room, entrance, stay.Past, from, cancellationToken));
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

    /// <summary>What the user is told who is banned there; null for nearly everybody.</summary>
    public ValueTask<string?> RefusalAsync(string streamId, User viewer, CancellationToken cancellationToken) => bans.RefusalAsync(streamId, viewer, cancellationToken);

    public static ProblemHttpResult NoSuchStream() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, NoSuchStreamText);

    public static ProblemHttpResult Banned(string why) => Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Banned, why);

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
