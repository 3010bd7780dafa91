using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>A service's name, taken apart: "https+http://_admin.api" asks for the endpoint "admin" of "api", rather by https.</summary>
public sealed class ServiceEndpointQuery
{
    private readonly string _asked;

    private ServiceEndpointQuery(string asked, string[] includedSchemes, string serviceName, string? endpointName)
    {
        _asked = asked;
        IncludedSchemes = includedSchemes;
        ServiceName = serviceName;
        EndpointName = endpointName;
    }

    /// <summary>Schemes that are welcome, best first; empty when the name has none.</summary>
    public IReadOnlyList<string> IncludedSchemes { get; }

    /// <summary>The endpoint, if the name has one.</summary>
    public string? EndpointName { get; }

    /// <summary>The service.</summary>
    public string ServiceName { get; }

    /// <summary>Takes a name apart.</summary>
    public static bool TryParse(string input, [NotNullWhen(true)] out ServiceEndpointQuery? query)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);

        query = null;
        if (!Address.TryParse(input, out var uri, out var hasScheme))
            return false;

        var (endpointName, host) = Address.Split(uri.Host);
        query = new ServiceEndpointQuery(input, hasScheme ? uri.Scheme.Split('+') : [], host, endpointName);
        return true;
    }

    /// <inheritdoc/>
    public override string? ToString() => _asked;
}
