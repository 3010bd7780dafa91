using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.Http;

namespace OpenTelemetry.Trace;

/// <summary>Adds a client span for each outgoing HTTP request.</summary>
public static class HttpClientInstrumentationTracerProviderBuilderExtensions
{
    // HttpClient creates the spans and their attributes itself; the listener filters and enriches.
    private const string HttpClientSource = "System.Net.Http";

    /// <summary>Traces with default options.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(this TracerProviderBuilder builder) =>
        AddHttpClientInstrumentation(builder, name: null, configureHttpClientTraceInstrumentationOptions: null);

    /// <summary>Traces with configured options.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(
        this TracerProviderBuilder builder,
        Action<HttpClientTraceInstrumentationOptions>? configureHttpClientTraceInstrumentationOptions) =>
        AddHttpClientInstrumentation(builder, name: null, configureHttpClientTraceInstrumentationOptions);

    /// <summary>Traces with named, configured options.</summary>
    public static TracerProviderBuilder AddHttpClientInstrumentation(
        this TracerProviderBuilder builder,
        string? name,
        Action<HttpClientTraceInstrumentationOptions>? configureHttpClientTraceInstrumentationOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= Options.DefaultName;

        builder.ConfigureServices(services =>
        {
            if (configureHttpClientTraceInstrumentationOptions is not null)
                services.Configure(name, configureHttpClientTraceInstrumentationOptions);
            services.TryAddSingleton<HttpClientSubscriptions>();
        });

        return builder
            .AddSource(HttpClientSource)
            .AddInstrumentation(services => services.GetRequiredService<HttpClientSubscriptions>().GetOrSubscribe(name));
    }
}
