using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Entry point: ties the OpenTelemetry SDK to the life of a host.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>Adds the SDK. May be called several times; all calls configure the same providers.</summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        if (!services.Any(service => service.ImplementationType == typeof(TelemetryStarter)))
        {
            services.TryAddSingleton<ITelemetryHostInitializer, TelemetryHostInitializer>();
            // First of all hosted services, so that what the others do at start-up is already observed.
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryStarter>());
        }

        return new OpenTelemetryBuilder(services);
    }
}
