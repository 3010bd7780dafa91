namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Answers where a service is.</summary>
public sealed class ServiceEndpointResolver : IAsyncDisposable
{
    private readonly ServiceWatches _watches;

    internal ServiceEndpointResolver(ServiceWatches watches) => _watches = watches;

    /// <summary>The endpoints of a service, by a name as "https+http://api" or "api".</summary>
    public async ValueTask<ServiceEndpointSource> GetEndpointsAsync(string serviceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(serviceName);
        return (await _watches.GetAsync(serviceName, cancellationToken).ConfigureAwait(false)).Endpoints;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _watches.DisposeAsync();
}
