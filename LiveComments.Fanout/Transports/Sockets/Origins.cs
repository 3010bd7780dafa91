using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>
/// Which pages may open a WebSocket: browsers let any page do so and send the user's cookies along, so it is up to us.
/// A client without an Origin is no browser, and has nobody's cookies.
/// </summary>
sealed class Origins(IOptions<LiveOptions> options)
{
    // What the browser's address bar says, when a gateway is in between. A page can't set it, whatever its script does.
    private const string ForwardedHost = "X-Forwarded-Host";

    private readonly HashSet<string> _allowed = new(options.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    public bool Allow(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin) || _allowed.Contains(origin))
            return true;
        string? host = request.Headers[ForwardedHost];
        if (string.IsNullOrEmpty(host))
            host = request.Host.Value;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host, StringComparison.OrdinalIgnoreCase);
    }
}
