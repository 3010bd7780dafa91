using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using LiveComments.UnitTests.Operations;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Telemetry;

/// <summary>docs/operations/metrics.md lists what the services register, and nothing else.</summary>
public sealed partial class DocumentedMetricsTests
{
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

    private static IEnumerable<Instrument> Instruments() => RegisteredInstruments.All().Where(instrument => instrument.Name.StartsWith("livecomments.", StringComparison.Ordinal));

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
