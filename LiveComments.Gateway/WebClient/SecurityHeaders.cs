namespace LiveComments.Gateway.WebClient;

/// <summary>What browsers are told to refuse on our behalf.</summary>
static class SecurityHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https: blob:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    // The page to try requests on, which is there in Development only, writes styles into its own document. Scripts stay as they are.
    private const string TryOutPath = "/openapi";
    private static readonly string TryOutPolicy = ContentSecurityPolicy.Replace("style-src 'self'", "style-src 'self' 'unsafe-inline'", StringComparison.Ordinal);

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = app.Environment.IsDevelopment() && context.Request.Path.StartsWithSegments(TryOutPath, StringComparison.Ordinal)
            ? TryOutPolicy
            : ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    });
}
