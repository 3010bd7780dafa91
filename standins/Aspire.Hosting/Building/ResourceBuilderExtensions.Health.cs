using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    // A service that needs longer to answer is asked again soon enough.
    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(5);

    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource
    {
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(other => other.Key == key))
            throw new DistributedApplicationException($"'{builder.Resource.Name}' has the health check '{key}' already.");
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints =>
        builder.WithHttpHealthCheck(endpointName is null ? null : () => builder.GetEndpoint(endpointName), path, statusCode);

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        path ??= "/";
        var expected = (HttpStatusCode)(statusCode ?? (int)HttpStatusCode.OK);
        var resource = builder.Resource;
        var endpoint = endpointSelector is not null ? endpointSelector()
            : resource.GetEndpoints().FirstOrDefault(candidate => candidate.IsHttp || candidate.IsHttps)
            ?? throw new DistributedApplicationException($"'{resource.Name}' has no HTTP endpoint for a health check; add it before the check.");
        var key = $"{resource.Name}_{endpoint.EndpointName}_{path}_{(int)expected}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, services => new HttpHealthCheck(services.GetRequiredService<IHttpClientFactory>(), endpoint, path, expected), failureStatus: null, tags: null, HealthCheckTimeout));
        return builder.WithHealthCheck(key);
    }

    private sealed class HttpHealthCheck(IHttpClientFactory clients, EndpointReference endpoint, string path, HttpStatusCode expected) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                using var client = clients.CreateClient();
                using var response = await client.GetAsync(new Uri(new Uri(endpoint.Url), path), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
                return response.StatusCode == expected
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy($"{path} answered {(int)response.StatusCode}");
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy($"{path} does not answer", failure);
            }
        }
    }
}
