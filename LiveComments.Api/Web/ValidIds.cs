using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;

namespace LiveComments.Api.Web;

/// <summary>Refuses a stream id that could never exist, before anything is done with it.</summary>
static class ValidIds
{
    private const string RouteValue = "streamId";

    public static TBuilder RequireValidStreamId<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter((context, next) =>
            context.HttpContext.Request.RouteValues.TryGetValue(RouteValue, out var id) && !StreamId.IsValid(id as string)
                ? ValueTask.FromResult<object?>(Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, "There is no stream of that id: ids are 1 to 64 letters, digits, '_' and '-'."))
                : next(context));
}
