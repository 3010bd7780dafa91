using OpenTelemetry.Instrumentation.Runtime;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the figures of the .NET runtime: garbage collector, thread pool, JIT, locks, exceptions.</summary>
public static class MeterProviderBuilderExtensions
{
    // The runtime has this meter since .NET 9.
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>Collects the runtime's own meter.</summary>
    public static MeterProviderBuilder AddRuntimeInstrumentation(this MeterProviderBuilder builder) =>
        AddRuntimeInstrumentation(builder, configure: null);

    /// <summary>Collects the runtime's own meter. The options have no settings.</summary>
    public static MeterProviderBuilder AddRuntimeInstrumentation(
        this MeterProviderBuilder builder,
        Action<RuntimeInstrumentationOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = configure;
        return builder.AddMeter(RuntimeMeter);
    }
}
