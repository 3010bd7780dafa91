using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery.Http;

/// <summary>For clients that no client factory makes.</summary>
public interface IServiceDiscoveryHttpMessageHandlerFactory
{
    /// <summary>A handler that resolves services' names and passes requests on to <paramref name="handler"/>.</summary>
    HttpMessageHandler CreateHandler(HttpMessageHandler handler);
}

internal sealed class ServiceDiscoveryHttpMessageHandlerFactory(ServiceWatches watches, IOptions<ServiceDiscoveryOptions> options)
    : IServiceDiscoveryHttpMessageHandlerFactory
{
    public HttpMessageHandler CreateHandler(HttpMessageHandler handler) => new ResolvingHttpDelegatingHandler(watches, options, handler);
}
