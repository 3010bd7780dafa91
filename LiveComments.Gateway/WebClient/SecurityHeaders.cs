using LiveComments.Gateway.Routing;

namespace LiveComments.Gateway.WebClient;

/// <summary>What browsers are told to refuse on our behalf.</summary>
static class SecurityHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https: blob:; font-src 'self'; "
        + "connect-src 'self'{0}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    // Markup and script addresses can't be made from text at all, but for the page's own worker, by this one policy.
    private const string TrustedTypes = "; require-trusted-types-for 'script'; trusted-types live-comments";

    // The page to try requests on, which is there in Development only, writes styles into its own document. Scripts stay as they are.
    private const string TryOutPath = "/openapi";

    public static void UseSecurityHeaders(this WebApplication app)
    {
        var policy = ContentSecurityPolicy.Replace("{0}", string.Concat(StreamRedirect.Origins(app).Select(origin => $" {origin}")), StringComparison.Ordinal);
        var pagePolicy = policy + TrustedTypes;
        var tryOutPolicy = app.Environment.IsDevelopment() ? policy.Replace("style-src 'self'", "style-src 'self' 'unsafe-inline'", StringComparison.Ordinal) : pagePolicy;
        app.Use((context, next) => SetAsync(context, context.Request.Path.StartsWithSegments(TryOutPath, StringComparison.Ordinal) ? tryOutPolicy : pagePolicy, next));
    }

    private static Task SetAsync(HttpContext context, string policy, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }
}
