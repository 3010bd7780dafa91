namespace Aspire.Hosting.Dashboard.Telemetry;

internal sealed record SpanLink(string TraceId, string SpanId);

internal sealed record SpanEvent(long TimeNs, string Name, IReadOnlyList<KeyValuePair<string, string>> Attributes);

/// <summary>One span as it is kept. Times are nanoseconds since 1970.</summary>
internal sealed record SpanData(
    string Resource, string Scope, string TraceId, string SpanId, string ParentId, string Name, int Kind, long StartNs, long EndNs, bool IsError, string? Status,
    IReadOnlyList<KeyValuePair<string, string>> Attributes, IReadOnlyList<SpanEvent> Events, IReadOnlyList<SpanLink> Links);

internal sealed record LogRecordData(string Resource, string Scope, string TraceId, string SpanId, long TimeNs, string Severity, string Body);

internal enum MetricKind
{
    Gauge,
    UpDown,
    Counter,
    Histogram,
}

/// <param name="Attributes">Of the series, spelled as one text.</param>
/// <param name="Value">Of a gauge or a sum.</param>
/// <param name="Buckets">Of a histogram: counts up to each bound, and beyond the last.</param>
/// <param name="Bounds">The buckets' upper bounds.</param>
internal sealed record MetricPoint(string Attributes, double Value, ulong[] Buckets, double[] Bounds);

internal sealed record MetricData(string Resource, string Meter, string Name, string Unit, string Description, MetricKind Kind, bool IsDelta, IReadOnlyList<MetricPoint> Points);
