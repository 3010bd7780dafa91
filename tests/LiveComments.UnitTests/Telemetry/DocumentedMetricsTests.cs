using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using LiveComments.Api.Comments;
using LiveComments.Fanout.Transports;
using LiveComments.Gateway.Relay;
using LiveComments.ServiceDefaults.ServiceLevels;
using LiveComments.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Telemetry;

/// <summary>docs/operations/metrics.md lists what the services register, and nothing else.</summary>
public sealed partial class DocumentedMetricsTests
{
    private static readonly Assembly[] Services = [typeof(CommentMetrics).Assembly, typeof(ViewerMetrics).Assembly, typeof(RelayMetrics).Assembly, typeof(MessageSizes).Assembly];

    [Fact]
    public void Every_instrument_is_documented_with_its_kind_and_unit_and_none_is_that_does_not_exist()
    {
        var registered = Registered();
        Assert.Equal(Documented().Order(StringComparer.Ordinal), registered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_histogram_says_its_buckets() =>
        Assert.Empty(Instruments().Where(instrument => KindOf(instrument) == "histogram" && !HasBuckets(instrument)).Select(instrument => instrument.Name));

    private static SortedSet<string> Registered() => [.. Instruments().Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}")];

    // Whatever takes a meter factory registers its instruments when it is made.
    private static List<Instrument> Instruments()
    {
        var found = new List<Instrument>();
        using var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<StreamLevels>().BuildServiceProvider();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, services.GetRequiredService<IMeterFactory>()))
                    found.Add(instrument);
            },
        };
        listener.Start();
        foreach (var type in Services.SelectMany(assembly => assembly.GetTypes()).Where(type => type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(IMeterFactory)))))
            ActivatorUtilities.CreateInstance(services, type);
        return found;
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "UpDownCounter" or "ObservableUpDownCounter" => "up-down counter",
        "Gauge" or "ObservableGauge" => "gauge",
        "Histogram" => "histogram",
        var other => other,
    };

    private static bool HasBuckets(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries.Count: > 0 } => true,
        Histogram<int> { Advice.HistogramBucketBoundaries.Count: > 0 } => true,
        Histogram<long> { Advice.HistogramBucketBoundaries.Count: > 0 } => true,
        _ => false,
    };

    private static List<string> Documented() =>
        [.. Row().Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs/operations/metrics.md"))).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value} {row.Groups[3].Value}")];

    // | `livecomments.comments.posted` | counter | `{comment}` | …
    [GeneratedRegex(@"^\| `(livecomments[\w.]+)` \| ([\w -]+) \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
