using LiveComments.ServiceDefaults.CrossOrigin;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>
/// Which pages may open a WebSocket: browsers let any page do so and send the user's cookies along, so it is up to us.
/// A client without an Origin is no browser, and has nobody's cookies.
/// </summary>
sealed class Origins(IOptions<LiveOptions> options)
{
    private readonly HashSet<string> _allowed = new(options.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    public bool Allow(HttpRequest request) => request.Headers.Origin switch
    {
        [] => true,
        [{ } origin] => _allowed.Contains(origin) || OwnOrigin.Is(origin, request),
        _ => false,
    };
}
