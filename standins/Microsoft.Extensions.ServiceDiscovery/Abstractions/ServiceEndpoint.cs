using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>One place where a service can be reached.</summary>
public abstract class ServiceEndpoint
{
    /// <summary>Where.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>Facts about it.</summary>
    public abstract IFeatureCollection Features { get; }

    /// <summary>Makes one.</summary>
    public static ServiceEndpoint Create(EndPoint endPoint, IFeatureCollection? features = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new Plain(endPoint, features ?? new FeatureCollection());
    }

    /// <summary>Reads "http://host:1", "host:1", "host", "10.0.0.1:1" or "[::1]:1".</summary>
    public static bool TryParse([NotNullWhen(true)] string? value, [NotNullWhen(true)] out ServiceEndpoint? serviceEndpoint)
    {
        serviceEndpoint = null;
        if (string.IsNullOrWhiteSpace(value))
            return false;

        if (!Address.TryParse(value, out var uri, out var hasScheme))
            return false;

        serviceEndpoint = Create(hasScheme ? new UriEndPoint(uri) : Address.EndPointOf(uri.Host, uri.Port));
        return true;
    }

    private sealed class Plain(EndPoint endPoint, IFeatureCollection features) : ServiceEndpoint
    {
        public override EndPoint EndPoint => endPoint;

        public override IFeatureCollection Features => features;

        // Port 0 stands for "the scheme's own port" and would only confuse a reader.
        public override string? ToString() => endPoint switch
        {
            IPEndPoint { Port: 0, AddressFamily: AddressFamily.InterNetworkV6 } v6 => $"[{v6.Address}]",
            IPEndPoint { Port: 0 } v4 => v4.Address.ToString(),
            DnsEndPoint { Port: 0 } name => name.Host,
            DnsEndPoint name => $"{name.Host}:{name.Port}",
            _ => endPoint.ToString(),
        };
    }
}
