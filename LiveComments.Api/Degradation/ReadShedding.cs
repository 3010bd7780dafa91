using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.Problems;

namespace LiveComments.Api.Degradation;

/// <summary>
/// Reads that are refused while Api has too much to do, so that posts go on: first what costs most and can wait, at last all that Postgres
/// is asked for. Never refused is what a page needs to show the present, and what moderators need to act.
/// </summary>
static class ReadShedding
{
    // Less than the load must be low before a level is left: who asks again meanwhile is refused again, at no cost.
    private const string RetrySeconds = "5";

    /// <summary>What a large part of a stream is read for: the best comments, figures over time, exports, trying rules on the past.</summary>
    public const DegradationLevel Heavy = DegradationLevel.Strained;

    /// <summary>What is read for reading back: older comments, replies, who reacted, lists of streams.</summary>
    public const DegradationLevel Deep = DegradationLevel.Shedding;

    public static TBuilder RefusedFrom<TBuilder>(this TBuilder builder, DegradationLevel level) where TBuilder : IEndpointConventionBuilder =>
        builder.RefusedFrom(_ => level);

    /// <param name="builder">The endpoint.</param>
    /// <param name="levelOf">From which level on such a request is refused; null for never.</param>
    public static TBuilder RefusedFrom<TBuilder>(this TBuilder builder, Func<HttpRequest, DegradationLevel?> levelOf) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter((context, next) =>
        {
            var http = context.HttpContext;
            var level = http.RequestServices.GetRequiredService<DegradationState>().Level;
            if (level == DegradationLevel.Normal || !(level >= levelOf(http.Request)))
                return next(context);
            http.Response.Headers.RetryAfter = RetrySeconds;
            return ValueTask.FromResult<object?>(Problem.Of(
                StatusCodes.Status503ServiceUnavailable, ErrorCodes.Overloaded, "There is too much to do just now, and posts go first; try again in a while.", retryable: true));
        });
}
