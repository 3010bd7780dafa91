using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Reads addresses that may lack a scheme, and tells endpoint names from host names.</summary>
internal static class Address
{
    public static bool TryParse(string value, [NotNullWhen(true)] out Uri? uri, out bool hasScheme)
    {
        // "api:80" alone would read as a URI of the scheme "api".
        hasScheme = value.Contains("://", StringComparison.Ordinal);
        return Uri.TryCreate(hasScheme ? value : $"none://{value}", UriKind.Absolute, out uri);
    }

    /// <summary>"_admin.api" is the endpoint "admin" of the service "api".</summary>
    public static (string? EndpointName, string Host) Split(string uriHost)
    {
        var dot = uriHost.IndexOf('.', StringComparison.Ordinal);
        return dot > 1 && uriHost[0] == '_' && uriHost[^1] != '.'
            ? (uriHost[1..dot], uriHost[(dot + 1)..])
            : (null, uriHost);
    }

    public static EndPoint EndPointOf(string host, int port)
    {
        // A URI without a port says -1; an endpoint without one says 0.
        var known = Math.Max(port, 0);
        return IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, known) : new DnsEndPoint(host, known);
    }
}
