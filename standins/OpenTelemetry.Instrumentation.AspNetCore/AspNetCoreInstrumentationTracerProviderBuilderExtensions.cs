using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpenTelemetry.Trace;

/// <summary>Adds a server span for each incoming HTTP request.</summary>
public static class AspNetCoreInstrumentationTracerProviderBuilderExtensions
{
    private const string HostingSource = "Microsoft.AspNetCore";

    /// <summary>Traces with default options.</summary>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(this TracerProviderBuilder builder) =>
        AddAspNetCoreInstrumentation(builder, name: null, configureAspNetCoreTraceInstrumentationOptions: null);

    /// <summary>Traces with configured options.</summary>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions) =>
        AddAspNetCoreInstrumentation(builder, name: null, configureAspNetCoreTraceInstrumentationOptions);

    /// <summary>Traces with named, configured options.</summary>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder,
        string? name,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= Options.DefaultName;

        builder.ConfigureServices(services =>
        {
            if (configureAspNetCoreTraceInstrumentationOptions is not null)
                services.Configure(name, configureAspNetCoreTraceInstrumentationOptions);
            services.TryAddSingleton<AspNetCoreSubscriptions>();
        });

        if (builder is IDeferredTracerProviderBuilder deferred)
            deferred.Configure((services, tracing) => AddSources(tracing, services, name));

        return builder.AddInstrumentation(services => services.GetRequiredService<AspNetCoreSubscriptions>().GetOrSubscribe(name));
    }

    private static void AddSources(TracerProviderBuilder tracing, IServiceProvider services, string name)
    {
        // A web host registers the source that its spans come from; an application may have replaced it.
        tracing.AddSource(services.GetService<ActivitySource>()?.Name ?? HostingSource);

        var options = services.GetRequiredService<IOptionsMonitor<AspNetCoreTraceInstrumentationOptions>>().Get(name);
        if (options.EnableAspNetCoreSignalRSupport)
            tracing.AddSource("Microsoft.AspNetCore.SignalR.Server");
        if (options.EnableRazorComponentsSupport)
            tracing.AddSource("Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits");
    }
}
