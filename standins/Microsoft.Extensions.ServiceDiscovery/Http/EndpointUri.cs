using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery.Http;

/// <summary>Puts an endpoint in the place of a service's name.</summary>
internal static class EndpointUri
{
    public static Uri Of(Uri named, EndPoint endPoint, ServiceDiscoveryOptions options)
    {
        var result = new UriBuilder(named);
        switch (endPoint)
        {
            case UriEndPoint { Uri: var place }:
                result.Scheme = place.Scheme;
                result.Host = place.Host;
                if (place.Port > 0)
                    result.Port = place.Port;
                if (place.AbsolutePath.Length > 1)
                    result.Path = $"{place.AbsolutePath.TrimEnd('/')}/{named.AbsolutePath.TrimStart('/')}";
                return result.Uri;

            case IPEndPoint place:
                SetHost(place.Address.ToString(), place.Port);
                break;

            case DnsEndPoint place:
                SetHost(place.Host, place.Port);
                break;

            default:
                throw new InvalidOperationException($"An HTTP request can't be sent to a {endPoint.GetType()}.");
        }

        // No endpoint has chosen among "https+http": the first is the best.
        if (named.Scheme.Split('+') is [var scheme, _, ..])
        {
            if (!options.AllowAllSchemes && !options.AllowedSchemes.Contains(scheme, StringComparer.OrdinalIgnoreCase))
                throw new InvalidOperationException($"The scheme '{scheme}' is not allowed.");
            result.Scheme = scheme;
        }

        return result.Uri;

        void SetHost(string host, int port)
        {
            result.Host = host;
            if (port > 0)
                result.Port = port;
        }
    }
}
