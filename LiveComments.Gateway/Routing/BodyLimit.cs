using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// Refuses what the services would refuse, before any of it is passed on: they answer and close while the rest of the body
/// is on its way there, and that would look as if they were gone.
/// </summary>
static class BodyLimit
{
    public static void AddBodyLimit(this WebApplicationBuilder builder) =>
        // Of bodies that don't say how long they are, the server itself counts the bytes.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = Limits.MaxRequestBodyBytes);

    public static void UseBodyLimit(this WebApplication app) => app.Use((context, next) =>
        IsWebSocketOverHttp2(context) ? WithoutLimitAsync(context, next)
        : context.Request.Path.StartsWithSegments("/live", StringComparison.Ordinal) && HasBody(context.Request)
            ? Problem.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.BodyTooLarge, "Viewers send no body.").ExecuteAsync(context)
        : context.Request.ContentLength > AllowedOf(context)
            ? Problem.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.BodyTooLarge, $"The body may have at most {Limits.MaxRequestBodyBytes} bytes.").ExecuteAsync(context)
            : next(context));

    // Moderators' lists of words are the one thing that is larger.
    private static int AllowedOf(HttpContext context)
    {
        var path = context.Request.Path;
        var hasRules = (HttpMethods.IsPut(context.Request.Method) && path.Value?.EndsWith("/moderation/rules", StringComparison.Ordinal) == true)
            || (HttpMethods.IsPost(context.Request.Method) && path.Value?.EndsWith("/moderation/dry-run", StringComparison.Ordinal) == true);
        if (!hasRules || !path.StartsWithSegments("/api", StringComparison.Ordinal))
            return Limits.MaxRequestBodyBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = Limits.MaxRulesBodyBytes;
        return Limits.MaxRulesBodyBytes;
    }

    private static bool IsWebSocketOverHttp2(HttpContext context) => context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>What its client sends is the request's body, which has neither an end nor a pace; the node bounds its messages.</summary>
    private static Task WithoutLimitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        return next(context);
    }

    private static bool HasBody(HttpRequest request) => request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;
}
