using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using LiveComments.ServiceDefaults.Telemetry.PrometheusText;
using Microsoft.Extensions.DependencyInjection;

namespace LiveComments.UnitTests.Operations;

/// <summary>The instruments that the services register, and the names under which Prometheus knows them.</summary>
/// <remarks>
/// Whatever takes an <see cref="IMeterFactory"/> is constructed once, with a factory that listens. What else such a class
/// takes it only keeps, so that an empty object of the right type will do.
/// </remarks>
static class RegisteredInstruments
{
    private static readonly Assembly[] Services =
        [Assembly.Load("LiveComments.Api"), Assembly.Load("LiveComments.Fanout"), Assembly.Load("LiveComments.Gateway"), Assembly.Load("LiveComments.ServiceDefaults")];

    // .NET's own, which every service exports, too.
    private const string Runtime = "System.Runtime";

    public static IReadOnlyList<Instrument> All()
    {
        var found = new List<Instrument>();
        using var provider = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).BuildServiceProvider();
        var factory = provider.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory) || instrument.Meter.Name == Runtime)
                    found.Add(instrument);
            },
        };
        listener.Start();
        foreach (var constructor in Services.SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(IMeterFactory))))
        {
            constructor.Invoke([.. constructor.GetParameters().Select(parameter => provider.GetService(parameter.ParameterType) ?? Empty(parameter.ParameterType))]);
        }

        return found;
    }

    /// <summary>The names of an instrument's series on a page of <c>/metrics</c>.</summary>
    public static IEnumerable<string> Series(Instrument instrument)
    {
        var kind = instrument.GetType().Name.Split('`')[0];
        var isCounter = kind is "Counter" or "ObservableCounter";
        var (name, _) = PrometheusNames.OfMetric(instrument.Name, instrument.Unit ?? "", isCounter, isGauge: !isCounter && kind is not "Histogram");
        return kind is "Histogram" ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : [name];
    }

    private static object? Empty(Type type) => type.IsInterface || type.IsAbstract || type == typeof(string) ? null : RuntimeHelpers.GetUninitializedObject(type);
}
