using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace LiveComments.ServiceDefaults.Telemetry.PrometheusText;

/// <summary>
/// The families of one scrape. Metrics of one name (two meters may have such) share a family, for the format allows
/// each name once; of two series with the same labels the first stays, for two would spoil the whole scrape.
/// </summary>
internal sealed class PrometheusPage
{
    private const string Counter = "counter";
    private const string Gauge = "gauge";
    private const string Histogram = "histogram";

    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly List<Family> _inOrder = [];

    public void Add(Resource resource)
    {
        var family = FamilyOf("target_info", Gauge, "The resource that these metrics are about.", unit: null);
        family?.Add(string.Empty, PrometheusLabels.Of(resource.Attributes.Select(tag => KeyValuePair.Create(tag.Key, (object?)tag.Value))), "1");
    }

    public void Add(Metric metric)
    {
        var type = TypeOf(metric.MetricType);
        var (name, unit) = PrometheusNames.OfMetric(metric.Name, metric.Unit, isCounter: type == Counter, isGauge: type == Gauge);
        // Two meters that disagree on what a name means: the first is right, the other is left out.
        if (FamilyOf(name, type, metric.Description, unit) is not { } family)
            return;

        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var tags = new List<KeyValuePair<string, object?>>(point.Tags.Count);
            foreach (var tag in point.Tags)
                tags.Add(tag);

            if (type == Histogram)
                AddHistogram(family, metric.MetricType, in point, tags);
            else
                family.Add(string.Empty, PrometheusLabels.Of(tags), ValueOf(metric.MetricType, in point));
        }
    }

    public byte[] ToUtf8()
    {
        var text = new StringBuilder();
        foreach (var family in _inOrder)
            family.WriteTo(text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private Family? FamilyOf(string name, string type, string help, string? unit)
    {
        if (_families.TryGetValue(name, out var known))
            return known.Type == type ? known : null;

        var family = new Family(name, type, help, unit);
        _families.Add(name, family);
        _inOrder.Add(family);
        return family;
    }

    private static void AddHistogram(Family family, MetricType type, in MetricPoint point, List<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusLabels.Of(tags, reserved: "le");
        if (family.IsTaken("_count", labels))
            return;

        var count = PrometheusNumbers.Of(point.GetHistogramCount());
        // Buckets of an exponential histogram move, which this format can't say: it gets the one that never does.
        if (type == MetricType.Histogram)
        {
            long upTo = 0;
            foreach (var bucket in point.GetHistogramBuckets())
            {
                upTo += bucket.BucketCount;
                if (!double.IsPositiveInfinity(bucket.ExplicitBound))
                    family.Add("_bucket", PrometheusLabels.With(labels, "le", PrometheusNumbers.Of(bucket.ExplicitBound)), PrometheusNumbers.Of(upTo));
            }
        }

        family.Add("_bucket", PrometheusLabels.With(labels, "le", "+Inf"), count);
        family.Add("_sum", labels, PrometheusNumbers.Of(point.GetHistogramSum()));
        family.Add("_count", labels, count);
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => Counter,
        MetricType.Histogram or MetricType.ExponentialHistogram => Histogram,
        _ => Gauge,
    };

    private static string ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => PrometheusNumbers.Of(point.GetSumLong()),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => PrometheusNumbers.Of(point.GetSumDouble()),
        MetricType.LongGauge => PrometheusNumbers.Of(point.GetGaugeLastValueLong()),
        _ => PrometheusNumbers.Of(point.GetGaugeLastValueDouble()),
    };

    private sealed class Family(string name, string type, string help, string? unit)
    {
        private readonly HashSet<(string Suffix, string Labels)> _series = [];
        private readonly StringBuilder _samples = new();

        public string Type => type;

        public bool IsTaken(string suffix, string labels) => _series.Contains((suffix, labels));

        public void Add(string suffix, string labels, string value)
        {
            if (!_series.Add((suffix, labels)))
                return;

            _samples.Append(name).Append(suffix);
            if (labels.Length > 0)
                _samples.Append('{').Append(labels).Append('}');
            _samples.Append(' ').Append(value).Append('\n');
        }

        public void WriteTo(StringBuilder text)
        {
            if (_samples.Length == 0)
                return;

            if (help.Length > 0)
                text.Append("# HELP ").Append(name).Append(' ').Append(PrometheusLabels.EscapeHelp(help)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            if (unit is not null)
                text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
            text.Append(_samples);
        }
    }
}
