using System.Globalization;
using System.Security.Claims;
using LiveComments.Api.Moderation;
using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using StackExchange.Redis;

namespace LiveComments.Api.Users;

/// <summary><c>POST /api/auth/tickets</c>: for those who will watch a stream and can send no token there.</summary>
static class TicketEndpoint
{
    public static void AddTickets(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<LiveTickets>();

    public static void MapTickets(this WebApplication app) =>
        app.MapPost("/api/auth/tickets", Issue).RequireAuthorization();

    private static async Task<Results<Ok<LiveTicket>, ProblemHttpResult, UnauthorizedHttpResult>> Issue(
        LiveTicketRequest request, ClaimsPrincipal principal, StreamDirectory streams, CommentModeration moderation, LiveTickets tickets, HttpResponse response, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user || TokenClaims.ExpiryOf(principal) is not { } expiresAt)
            return TypedResults.Unauthorized();
        if (!StreamId.IsValid(request.StreamId))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, "'streamId' must be 1 to 64 letters, digits, '_' and '-'.");
        if (await streams.FindAsync(request.StreamId!, cancellationToken) is not { } stream)
            return StreamsApi.NotFound(request.StreamId!);
        if (moderation.IsBanned(stream, user))
            return NobodyBanned.Refusal();

        // Worth a session to whoever has it.
        response.Headers.CacheControl = "no-store";
        try
        {
            if (await tickets.IssueAsync(request.StreamId!, new LiveSession(user, expiresAt), cancellationToken) is { } ticket)
                return TypedResults.Ok(ticket);
            response.Headers.RetryAfter = LiveTickets.TicketWindow.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return Problem.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, $"At most {LiveTickets.MaxTickets} tickets within {LiveTickets.TicketWindow.TotalSeconds} s.", retryable: true);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            response.Headers.RetryAfter = "1";
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "Tickets can't be issued now; try again in a moment.", retryable: true);
        }
    }
}
