using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Lets in who has the key that the terminal shows. The key is exchanged for a cookie, so that it does not stay in the
/// address bar; a foreign Host header (a web site whose name points at this machine) is refused before anything else.
/// </summary>
internal sealed class DashboardDoor
{
    private const int KeyBytes = 16;
    private static readonly string[] OurHosts = ["localhost", "127.0.0.1"];

    private readonly string _session = RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);

    public string Key { get; } = RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);

    public async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        if (!OurHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase) || context.Request.Host.Port != context.Connection.LocalPort)
        {
            await RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "This is not the address of the dashboard.").ConfigureAwait(false);
            return;
        }

        // Cookies don't tell ports apart, but two hosts may run side by side.
        var cookie = $"dashboard-{context.Connection.LocalPort}";
        if (context.Request.Path == "/login")
        {
            if (!Same(context.Request.Query["t"], Key))
            {
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "The key in this address is not that of the running host: open the address that its terminal shows.").ConfigureAwait(false);
                return;
            }

            context.Response.Cookies.Append(cookie, _session, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
            context.Response.Redirect("/");
            return;
        }

        if (!Same(context.Request.Cookies[cookie], _session))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Open the address that the terminal of the running host shows: it holds the key to this page.").ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private static bool Same(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }
}
