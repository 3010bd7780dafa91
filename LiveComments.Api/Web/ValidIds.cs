using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;

namespace LiveComments.Api.Web;

/// <summary>Refuses a stream id that could never exist, before anything is done with it.</summary>
static class ValidIds
{
    private const string RouteValue = "streamId";

    /// <summary>Its <c>{streamId}</c> must be one.</summary>
    public static TBuilder RequireValidStreamId<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Required.Instance);

    /// <summary>Comes after authorization: who may not ask at all is told that first.</summary>
    // Not a filter of each endpoint: with one, a request's answer is boxed and awaited three times more, which all posts would pay for.
    public static void UseValidStreamIds(this WebApplication app) => app.Use((context, next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Required>() is not null
            && context.Request.RouteValues.TryGetValue(RouteValue, out var id) && !StreamId.IsValid(id as string)
            ? Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, "There is no stream of that id: ids are 1 to 64 letters, digits, '_' and '-'.").ExecuteAsync(context)
            : next(context));

    private sealed class Required
    {
        public static Required Instance { get; } = new();
    }
}
