using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Knows the endpoints of one service.</summary>
public interface IServiceEndpointProvider : IAsyncDisposable
{
    /// <summary>Adds the endpoints it knows now, and a token that says when to ask again.</summary>
    ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken);
}

/// <summary>Makes providers.</summary>
public interface IServiceEndpointProviderFactory
{
    /// <summary>A provider for this service, if this kind of provider can know it.</summary>
    bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider);
}

/// <summary>Collects what the providers of one service know.</summary>
public interface IServiceEndpointBuilder
{
    /// <summary>What the providers asked so far have added.</summary>
    IList<ServiceEndpoint> Endpoints { get; }

    /// <summary>Facts about the collection.</summary>
    IFeatureCollection Features { get; }

    /// <summary>Ask again when this token has changed.</summary>
    void AddChangeToken(IChangeToken changeToken);
}

/// <summary>An endpoint that wants this name in the Host header.</summary>
public interface IHostNameFeature
{
    /// <summary>The name.</summary>
    public string HostName { get; }
}
