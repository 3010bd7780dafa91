using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary>Refuses who is banned from the stream in the address.</summary>
static class NobodyBanned
{
    private const string RouteValue = "streamId";

    public static TBuilder RefuseBanned<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var isBanned = http.User.ToUser() is { } user && http.Request.RouteValues[RouteValue] is string streamId
                && await http.RequestServices.GetRequiredService<StreamDirectory>().FindAsync(streamId, http.RequestAborted) is { } stream
                && http.RequestServices.GetRequiredService<CommentModeration>().IsBanned(stream, user);
            return isBanned ? Refusal() : await next(context);
        });

    public static ProblemHttpResult Refusal() => Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Banned, "You are banned from this stream.");
}
