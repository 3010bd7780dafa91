using LiveComments.Contracts;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Fanout.Places;

/// <summary>Where every viewer comes in, whatever transport it speaks, before anything is done for it.</summary>
sealed class Door(NodeEnd end, ViewerPlaces places, ViewerMetrics metrics)
{
    // A place becomes free when somebody leaves: who comes back much sooner finds what it found before.
    private const string FullRetrySeconds = "10";

    public const string TooManyOfAddress = "There are too many viewers at this address; come back when some have left.";
    public const string TooManyOfUser = "You watch on too many connections; close one of the others.";

    /// <summary>Null when the viewer may come in, on <paramref name="place"/>, which it gives back when it has left.</summary>
    public ProblemHttpResult? Refuse(HttpContext context, out ViewerPlaces.Place? place)
    {
        place = null;
        if (RefuseWhenStopping(context.Response) is { } stopping)
            return stopping;
        place = places.Take(context.Connection.RemoteIpAddress, context.User.ToUser()?.Id, out var limit);
        if (place is not null)
            return null;
        metrics.Refused(limit == PlaceLimit.Address ? "address" : "user");
        context.Response.Headers.RetryAfter = FullRetrySeconds;
        return Problem.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyConnections, limit == PlaceLimit.Address ? TooManyOfAddress : TooManyOfUser, retryable: true);
    }

    /// <summary>Null unless the node stops: then nobody comes in.</summary>
    public ProblemHttpResult? RefuseWhenStopping(HttpResponse response)
    {
        if (!end.HasBegun)
            return null;
        metrics.Refused("stopping");
        return Joining.Stopping(response);
    }

    /// <summary>Lets who is inside already be that user from now on; false when that user is on too many connections.</summary>
    public bool TryBecome(ViewerPlaces.Place place, string userId)
    {
        if (place.TryBecome(userId))
            return true;
        metrics.Refused("user");
        return false;
    }
}
