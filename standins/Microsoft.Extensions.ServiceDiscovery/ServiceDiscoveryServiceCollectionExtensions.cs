using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;
using Microsoft.Extensions.ServiceDiscovery.Configuration;
using Microsoft.Extensions.ServiceDiscovery.Http;
using Microsoft.Extensions.ServiceDiscovery.PassThrough;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery.</summary>
public static class ServiceDiscoveryServiceCollectionExtensions
{
    /// <summary>Services by configuration; other names are hosts.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services) =>
        services.AddServiceDiscovery(_ => { });

    /// <summary>Services by configuration; other names are hosts.</summary>
    public static IServiceCollection AddServiceDiscovery(
        this IServiceCollection services,
        Action<ServiceDiscoveryOptions> configureOptions) =>
        services.AddServiceDiscoveryCore(configureOptions)
            .AddConfigurationServiceEndpointProvider()
            .AddPassThroughServiceEndpointProvider();

    /// <summary>No providers: add them.</summary>
    public static IServiceCollection AddServiceDiscoveryCore(this IServiceCollection services) =>
        services.AddServiceDiscoveryCore(_ => { });

    /// <summary>No providers: add them.</summary>
    public static IServiceCollection AddServiceDiscoveryCore(
        this IServiceCollection services,
        Action<ServiceDiscoveryOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configureOptions);

        services.AddOptions();
        services.AddLogging();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IValidateOptions<ServiceDiscoveryOptions>, ServiceDiscoveryOptionsValidator>());
        services.TryAddSingleton(_ => TimeProvider.System);
        services.TryAddSingleton<ServiceWatches>();
        services.TryAddSingleton<IServiceDiscoveryHttpMessageHandlerFactory, ServiceDiscoveryHttpMessageHandlerFactory>();
        services.TryAddSingleton(provider => new ServiceEndpointResolver(provider.GetRequiredService<ServiceWatches>()));
        services.Configure(configureOptions);
        return services;
    }

    /// <summary>Services by configuration.</summary>
    public static IServiceCollection AddConfigurationServiceEndpointProvider(this IServiceCollection services) =>
        services.AddConfigurationServiceEndpointProvider(_ => { });

    /// <summary>Services by configuration.</summary>
    public static IServiceCollection AddConfigurationServiceEndpointProvider(
        this IServiceCollection services,
        Action<ConfigurationServiceEndpointProviderOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configureOptions);

        services.AddServiceDiscoveryCore();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IServiceEndpointProviderFactory, ConfigurationServiceEndpointProviderFactory>());
        services.TryAddEnumerable(ServiceDescriptor
            .Transient<IValidateOptions<ConfigurationServiceEndpointProviderOptions>, ConfigurationServiceEndpointProviderOptionsValidator>());
        services.Configure(configureOptions);
        return services;
    }

    /// <summary>Names that nobody knows are hosts.</summary>
    public static IServiceCollection AddPassThroughServiceEndpointProvider(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddServiceDiscoveryCore();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IServiceEndpointProviderFactory, PassThroughServiceEndpointProviderFactory>());
        return services;
    }
}
