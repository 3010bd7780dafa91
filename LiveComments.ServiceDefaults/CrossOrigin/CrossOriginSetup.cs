using LiveComments.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace LiveComments.ServiceDefaults.CrossOrigin;

/// <summary>
/// Lets pages of other origins read and write here, when they are on the list. Tokens travel in a header that the page
/// sets itself, so no credentials of the browser's are ever asked for.
/// </summary>
public static class CrossOriginSetup
{
    // Browsers ask again after this; Chromium keeps an answer for two hours at most.
    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromMinutes(10);

    public static TBuilder AddCrossOrigin<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<CrossOriginOptions>().BindConfiguration(CrossOriginOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddCors();
        builder.Services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, options) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(options.Value.AllowedOrigins)
            .WithMethods("GET", "POST", "PUT", "DELETE")
            .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType, LiveHeaders.IdempotencyKey, LiveHeaders.LastEventId, HeaderNames.IfNoneMatch)
            .WithExposedHeaders(HeaderNames.Location, HeaderNames.Link, HeaderNames.ETag, HeaderNames.RetryAfter, LiveHeaders.RateLimitLimit, LiveHeaders.RateLimitRemaining, LiveHeaders.RateLimitReset)
            .SetPreflightMaxAge(PreflightLifetime)));
        return builder;
    }

    public static WebApplication UseCrossOrigin(this WebApplication app)
    {
        app.UseCors();
        return app;
    }
}
