namespace Aspire.Hosting.Dashboard.Telemetry;

internal static partial class OtlpParsing
{
    private const ulong Delta = 1;

    public static List<MetricData> Metrics(ReadOnlySpan<byte> request)
    {
        var metrics = new List<MetricData>();
        EachItem(request, (message, resource, scope) =>
        {
            if (Metric(message, resource, scope) is { } metric)
                metrics.Add(metric);
        });
        return metrics;
    }

    // Exponential histograms and summaries are not shown.
    private static MetricData? Metric(ReadOnlySpan<byte> message, string resource, string meter)
    {
        MetricKind? kind = null;
        ReadOnlySpan<byte> data = default;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            // 5 gauge, 7 sum (3: it only grows), 9 histogram.
            var found = reader.Field switch
            {
                5 => MetricKind.Gauge,
                7 => Number(reader.Bytes, 3) != 0 ? MetricKind.Counter : MetricKind.UpDown,
                9 => MetricKind.Histogram,
                _ => (MetricKind?)null,
            };
            if (found is null)
                continue;
            kind = found;
            data = reader.Bytes;
        }

        return kind is { } known ? new(resource, meter, Text(message, 1), Text(message, 3), Cut(Text(message, 2)), known, known != MetricKind.Gauge && Number(data, 2) == Delta, Points(data, known)) : null;
    }

    private static List<MetricPoint> Points(ReadOnlySpan<byte> data, MetricKind kind)
    {
        var points = new List<MetricPoint>();
        var reader = new ProtoReader(data);
        while (reader.Next())
        {
            if (reader.Field == 1)
                points.Add(kind == MetricKind.Histogram ? HistogramPoint(reader.Bytes) : NumberPoint(reader.Bytes));
        }

        return points;
    }

    private static MetricPoint NumberPoint(ReadOnlySpan<byte> message)
    {
        var value = 0.0;
        var attributes = new List<string>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 4: value = reader.Double; break;
                case 6: value = reader.Signed; break;
                case 7: attributes.Add(KeyValue(reader.Bytes).Value); break;
            }
        }

        return new(string.Join(' ', attributes), value, [], []);
    }

    private static MetricPoint HistogramPoint(ReadOnlySpan<byte> message)
    {
        ulong[] buckets = [];
        double[] bounds = [];
        var attributes = new List<string>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 6: buckets = reader.PackedFixed64(); break;
                case 7: bounds = [.. reader.PackedFixed64().Select(BitConverter.UInt64BitsToDouble)]; break;
                case 9: attributes.Add(KeyValue(reader.Bytes).Value); break;
            }
        }

        return new(string.Join(' ', attributes), 0, buckets, bounds);
    }
}
