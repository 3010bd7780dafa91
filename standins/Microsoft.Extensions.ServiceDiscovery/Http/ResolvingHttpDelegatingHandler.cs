using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery.Http;

/// <summary>Sends a request to an endpoint of the service that its URI names, and gives the URI back afterwards: a retry resolves anew.</summary>
internal sealed class ResolvingHttpDelegatingHandler : DelegatingHandler
{
    private readonly ServiceWatches _watches;
    private readonly ServiceDiscoveryOptions _options;

    public ResolvingHttpDelegatingHandler(ServiceWatches watches, IOptions<ServiceDiscoveryOptions> options)
    {
        _watches = watches;
        _options = options.Value;
    }

    public ResolvingHttpDelegatingHandler(ServiceWatches watches, IOptions<ServiceDiscoveryOptions> options, HttpMessageHandler inner)
        : base(inner)
    {
        _watches = watches;
        _options = options.Value;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { Host: not null } named)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        var (watch, endpoints) = await _watches
            .GetAsync(named.GetLeftPart(UriPartial.Authority), cancellationToken)
            .ConfigureAwait(false);
        var endpoint = watch.Pick(endpoints);

        try
        {
            request.RequestUri = EndpointUri.Of(named, endpoint.EndPoint, _options);
            request.Headers.Host ??= endpoint.Features.Get<IHostNameFeature>()?.HostName;
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            request.RequestUri = named;
        }
    }
}
