using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Health;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>Why a viewer was not recognised.</summary>
/// <param name="RedisAway">Nobody could be asked.</param>
/// <param name="ByTicket">It came with a ticket, not with a cookie alone.</param>
sealed record LiveAccessRefusal(bool RedisAway, bool ByTicket);

/// <summary>Lets viewers in by bearer token, by ticket or by the cookie that a ticket left; in this order.</summary>
public static class LiveAccessSetup
{
    private const string AnyScheme = "Any";
    private const string ConnectionName = "redis";

    /// <summary>Comes in place of <see cref="Authentication.AddTokenAuthentication{TBuilder}"/> where viewers are served.</summary>
    public static TBuilder AddLiveAuthentication<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddTokenAuthentication();
        builder.Services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, displayName: null, any => any.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count == 0 && LiveAccess.Concerns(context.Request) ? LiveAccess.SchemeName : JwtBearerDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, LiveAccess>(LiveAccess.SchemeName, live =>
            {
                live.ForwardChallenge = JwtBearerDefaults.AuthenticationScheme;
                live.ForwardForbid = JwtBearerDefaults.AuthenticationScheme;
            });

        // Viewers are served without Redis, too; then nobody is recognised by a ticket, and who brings one hears so.
        if (builder.Configuration.GetConnectionString(ConnectionName) is null)
            return builder;
        builder.AddRedisClient(ConnectionName, settings =>
        {
            settings.DisableHealthChecks = true;
            // Connected before the first viewer comes: the connecting blocks its thread.
            settings.DisableAutoActivation = false;
        });
        builder.Services.TryAddSingleton<BreakerMetrics>();
        builder.Services.AddSingleton<LiveTickets>();
        builder.Services.AddHealthChecks().AddRedis();
        return builder;
    }

    /// <summary>Answers those whose ticket is no good; comes after the authentication.</summary>
    public static WebApplication UseLiveAccess(this WebApplication app)
    {
        var anonymousReads = app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousReads;
        app.Use((context, next) => context.Features.Get<LiveAccessRefusal>() switch
        {
            { RedisAway: false } => InvalidAsync(context),
            // A cookie alone: whoever may watch as nobody does so.
            { RedisAway: true } refusal when refusal.ByTicket || !anonymousReads => AwayAsync(context),
            _ => next(context),
        });
        return app;
    }

    private static Task InvalidAsync(HttpContext context) =>
        Problem.Of(StatusCodes.Status401Unauthorized, ErrorCodes.TicketInvalid, "The ticket was used before, is too old, or is for another stream, and there is no session to go on with. Get a new one.").ExecuteAsync(context);

    private static Task AwayAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "Tickets can't be checked now; try again with a new one in a moment.", retryable: true).ExecuteAsync(context);
    }
}
