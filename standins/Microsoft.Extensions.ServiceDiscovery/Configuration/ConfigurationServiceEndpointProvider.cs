using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery.Configuration;

/// <summary>
/// Reads <c>Services:api:http:0 = http://localhost:5001</c>. The last part may be missing when there is one endpoint only;
/// the part before it is the endpoint's name, or a scheme, or <c>default</c>.
/// </summary>
internal sealed class ConfigurationServiceEndpointProvider(
    ServiceEndpointQuery query,
    IConfiguration configuration,
    ConfigurationServiceEndpointProviderOptions options,
    ServiceDiscoveryOptions discovery) : IServiceEndpointProvider, IHostNameFeature
{
    private const string Default = "default";

    private readonly IReadOnlyList<string> _schemes = discovery.ApplyAllowedSchemes(query.IncludedSchemes);
    private readonly bool _anyScheme = discovery.AllowAllSchemes && query.IncludedSchemes.Count == 0;

    string IHostNameFeature.HostName => query.ServiceName;

    public ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken)
    {
        // A provider asked before this one has answered: it overrides.
        if (endpoints.Endpoints.Count > 0)
            return default;

        // The token before the values: a change in between is noticed.
        endpoints.AddChangeToken(configuration.GetReloadToken());
        var service = configuration.GetSection(options.SectionName).GetSection(query.ServiceName);
        if (SectionOf(service) is not { } section)
            return default;

        foreach (var endpoint in OfBestScheme([.. Read(section)]))
            endpoints.Endpoints.Add(endpoint);
        return default;
    }

    public ValueTask DisposeAsync() => default;

    public override string ToString() => "Configuration";

    private IConfigurationSection? SectionOf(IConfigurationSection service)
    {
        string[] names = string.IsNullOrWhiteSpace(query.EndpointName) ? [Default, .. _schemes] : [query.EndpointName];
        return names.Select(service.GetSection).FirstOrDefault(section => section.Exists());
    }

    private IEnumerable<ServiceEndpoint> Read(IConfigurationSection section)
    {
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            yield return Parse(section);
            yield break;
        }

        foreach (var item in section.GetChildren())
        {
            if (!int.TryParse(item.Key, out _))
                throw new KeyNotFoundException($"Endpoints are numbered, but '{item.Path}' isn't.");
            yield return Parse(item);
        }
    }

    private ServiceEndpoint Parse(IConfigurationSection item)
    {
        if (!ServiceEndpoint.TryParse(item.Value, out var endpoint))
            throw new KeyNotFoundException($"The value at '{item.Path}' is no endpoint.");

        endpoint.Features.Set<IServiceEndpointProvider>(this);
        if (options.ShouldApplyHostNameMetadata(endpoint))
            endpoint.Features.Set<IHostNameFeature>(this);
        return endpoint;
    }

    /// <summary>Of several schemes that the name welcomes, the best that there is; an endpoint without a scheme suits all.</summary>
    private IEnumerable<ServiceEndpoint> OfBestScheme(List<ServiceEndpoint> found)
    {
        if (_anyScheme)
            return found;

        var best = _schemes.FirstOrDefault(scheme => found.Exists(endpoint => SchemeOf(endpoint) == scheme));
        return found.Where(endpoint => SchemeOf(endpoint) is not { } scheme || scheme == best);
    }

    private static string? SchemeOf(ServiceEndpoint endpoint) => (endpoint.EndPoint as UriEndPoint)?.Uri.Scheme;
}

internal sealed class ConfigurationServiceEndpointProviderFactory(
    IConfiguration configuration,
    IOptions<ConfigurationServiceEndpointProviderOptions> options,
    IOptions<ServiceDiscoveryOptions> discovery) : IServiceEndpointProviderFactory
{
    public bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider)
    {
        provider = new ConfigurationServiceEndpointProvider(query, configuration, options.Value, discovery.Value);
        return true;
    }
}
