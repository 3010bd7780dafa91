using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>The template of the route that a request matched first, before an error page took it over.</summary>
internal static class MatchedRoute
{
    public static string? Of(HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint
            ?? context.Features.Get<IStatusCodeReExecuteFeature>()?.Endpoint
            ?? context.GetEndpoint();

        return endpoint?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route switch
        {
            // The index of Razor Pages has an empty template; its page name says more.
            null or "" when context.GetRouteValue("page") is string { Length: > 0 } page => page,
            null => null,
            "" => "/",
            var route => route,
        };
    }
}
