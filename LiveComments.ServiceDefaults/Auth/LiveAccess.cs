using System.Text.Encodings.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.CrossOrigin;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>
/// Who a viewer is that sends no token, because an <c>EventSource</c> can't: by a ticket in the address, used once, else
/// by the cookie that the ticket left.
/// </summary>
/// <remarks>
/// 1. A ticket that is good is used up and leaves a session, whose id goes into a cookie for that stream's live address:
///    an <c>EventSource</c> reconnects to the same address, ticket and all.
/// 2. A ticket that isn't (any more): the cookie tells. One session per browser and stream, that of the newest ticket.
/// 3. A ticket and no good cookie is refused aloud: who asked to be somebody must not watch as nobody without a word.
///    A ticket is for a stream, so an address that names none takes none.
/// 4. A cookie alone that is no longer good is no credential at all.
/// Reading only, only under <c>/live</c>, and only for pages of this very origin: a cookie goes along with requests that its
/// owner never meant to send. Browsers keep it from other sites, but not from other ports and sub-domains of this one.
/// </remarks>
sealed partial class LiveAccess(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, LiveTickets? tickets = null)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Live";
    public const string TicketParameter = "ticket";
    public const string CookieName = "live_session";

    private const string Root = "/live";
    private const string StreamRouteValue = "streamId";

    /// <summary>Whether the request carries what this scheme looks at.</summary>
    public static bool Concerns(HttpRequest request) =>
        // A WebSocket over HTTP/2 comes by CONNECT.
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsConnect(request.Method))
        && request.Path.StartsWithSegments(Root, StringComparison.Ordinal)
        && (request.Query.ContainsKey(TicketParameter) || request.Cookies.ContainsKey(CookieName));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Concerns(Request))
            return AuthenticateResult.NoResult();
        var hasTicket = Request.Query.TryGetValue(TicketParameter, out var given);
        if (Request.RouteValues[StreamRouteValue] is not string streamId)
            return hasTicket && Context.GetEndpoint() is not null ? Refuse(redisAway: false, hasTicket) : AuthenticateResult.NoResult();
        if (!StreamId.IsValid(streamId))
            return AuthenticateResult.NoResult();
        try
        {
            if (tickets is null)
                return Refuse(redisAway: true, hasTicket);
            if (hasTicket && given is [{ } ticket] && await tickets.RedeemAsync(streamId, ticket, Context.RequestAborted) is { } redeemed)
            {
                await LeaveCookieAsync(streamId, redeemed);
                return Accept(redeemed);
            }

            if (Request.Cookies[CookieName] is { } id && OwnOrigin.IsNotForeign(Request) && await tickets.FindAsync(streamId, id, Context.RequestAborted) is { } session)
                return Accept(session);
            return hasTicket ? Refuse(redisAway: false, hasTicket) : AuthenticateResult.NoResult();
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            RedisIsAway(Logger, exception.Message);
            return Refuse(redisAway: true, hasTicket);
        }
    }

    private async Task LeaveCookieAsync(string streamId, LiveSession session)
    {
        var (id, lifetime) = await tickets!.OpenAsync(streamId, session, Context.RequestAborted);
        Response.Cookies.Append(CookieName, id, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = Request.IsHttps,
            Path = $"{Root}/streams/{streamId}",
            MaxAge = lifetime,
            IsEssential = true,
        });
    }

    private static AuthenticateResult Accept(LiveSession session) =>
        AuthenticateResult.Success(new AuthenticationTicket(TokenClaims.ToPrincipal(session.User, session.TokenExpiresAt, SchemeName), SchemeName));

    private AuthenticateResult Refuse(bool redisAway, bool byTicket)
    {
        Context.Features.Set(new LiveAccessRefusal(redisAway, byTicket));
        return AuthenticateResult.NoResult();
    }

    [LoggerMessage(LogLevel.Warning, "Redis does not answer; nobody can be recognised by ticket or cookie. {Reason}")]
    private static partial void RedisIsAway(ILogger logger, string reason);
}
