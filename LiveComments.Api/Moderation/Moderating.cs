using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;

namespace LiveComments.Api.Moderation;

/// <summary>Who moderates, and which stream; null for all of them.</summary>
sealed record Moderating(User By, LiveStream? Stream)
{
    public string? StreamId => Stream?.Id;

    /// <summary>Of a request that got past <see cref="ModeratorsOnly"/>.</summary>
    public static Moderating In(HttpContext context) => context.Features.Get<Moderating>() ?? throw new InvalidOperationException("This address does not ask who moderates.");
}

/// <summary>Lets moderators in, and nobody else.</summary>
static class ModeratorsOnly
{
    private const string RouteValue = "streamId";

    /// <summary>Who moderates the stream in the address.</summary>
    public static TBuilder RequireModerator<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        Require(builder, static (stream, user, moderation) => moderation.MayModerate(stream, user), "Only moderators of the stream may do this.");

    /// <summary>Whose stream it is, and admins.</summary>
    public static TBuilder RequireBroadcaster<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        Require(builder, static (stream, user, _) => CommentModeration.MayAppoint(stream, user), "Only the broadcaster, or an admin, may do this.");

    /// <summary>For what holds on all streams.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            if (context.HttpContext.User.ToUser() is not { } user)
                return TypedResults.Unauthorized();
            if (user.Role != Roles.Admin)
                return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Only admins may do this.");
            context.HttpContext.Features.Set(new Moderating(user, null));
            return await next(context);
        });

    private static TBuilder Require<TBuilder>(TBuilder builder, Func<LiveStream, User, CommentModeration, bool> may, string otherwise) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            if (http.User.ToUser() is not { } user)
                return TypedResults.Unauthorized();
            var streamId = http.Request.RouteValues[RouteValue] as string ?? "";
            if (await http.RequestServices.GetRequiredService<StreamDirectory>().FindAsync(streamId, http.RequestAborted) is not { } stream)
                return StreamsApi.NotFound(streamId);
            if (!may(stream, user, http.RequestServices.GetRequiredService<CommentModeration>()))
                return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, otherwise);
            http.Features.Set(new Moderating(user, stream));
            return await next(context);
        });
}
