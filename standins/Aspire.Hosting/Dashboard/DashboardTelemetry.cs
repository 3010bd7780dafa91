using System.Globalization;
using Aspire.Hosting.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the page draws charts and waterfalls from; it asks every other second, for what is new.</summary>
internal sealed class DashboardTelemetry(TraceStore traces, MetricStore metrics)
{
    private const double NsPerMs = 1_000_000;

    public void Map(WebApplication web)
    {
        web.MapGet("/api/resources/{name}/metrics", (string name, string? after) => Results.Json(Charts(name, long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0)));
        web.MapGet("/api/traces", (string? resource, string? text, string? atLeastMs, string? errors) => Results.Json(
            traces.List(string.IsNullOrEmpty(resource) ? null : resource, text, AtLeast(atLeastMs), errors == "true").Select(Summary)));
        web.MapGet("/api/traces/{id}", (string id) => traces.Find(id) is { Spans.Count: > 0 } found
            ? Results.Json(new { spans = found.Spans.Select(Describe), linkedFrom = found.LinkedFrom.Select(Describe), logs = found.Records.Select(record => new { record.Resource, record.Scope, record.SpanId, t = record.TimeNs / NsPerMs, record.Severity, record.Body }) })
            : Results.NotFound());
    }

    private static TimeSpan AtLeast(string? milliseconds) =>
        double.TryParse(milliseconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) && given is >= 0 and < 1e9 ? TimeSpan.FromMilliseconds(given) : TimeSpan.Zero;

    private IEnumerable<object> Charts(string name, long after) => metrics.Read(name, after).Select(chart => new
    {
        chart.Meter,
        chart.Name,
        chart.Unit,
        chart.Description,
        kind = chart.Kind.ToString(),
        lines = chart.Lines.Select(line => new { line.Label, points = line.Points.Select(point => new[] { point.Time, point.Value }) }),
    });

    private static object Summary(IReadOnlyList<SpanData> spans)
    {
        var ids = spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        // The root may have been of a browser, or may come later.
        var first = spans.Where(span => !ids.Contains(span.ParentId)).DefaultIfEmpty(spans[0]).MinBy(span => span.StartNs)!;
        var start = spans.Min(span => span.StartNs);
        return new
        {
            id = first.TraceId,
            name = first.Name,
            resource = first.Resource,
            start = start / NsPerMs,
            ms = (spans.Max(span => span.EndNs) - start) / NsPerMs,
            spans = spans.Count,
            resources = spans.CountBy(span => span.Resource).Select(pair => new { name = pair.Key, spans = pair.Value }),
            error = spans.Any(span => span.IsError),
        };
    }

    private static object Describe(SpanData span) => new
    {
        trace = span.TraceId,
        id = span.SpanId,
        parent = span.ParentId,
        span.Name,
        span.Resource,
        span.Scope,
        kind = span.Kind switch { 2 => "server", 3 => "client", 4 => "producer", 5 => "consumer", _ => "internal" },
        start = span.StartNs / NsPerMs,
        ms = (span.EndNs - span.StartNs) / NsPerMs,
        error = span.IsError,
        span.Status,
        attributes = span.Attributes.Select(Pair),
        events = span.Events.Select(one => new { t = one.TimeNs / NsPerMs, one.Name, attributes = one.Attributes.Select(Pair) }),
        links = span.Links.Select(link => new { trace = link.TraceId, span = link.SpanId }),
    };

    private static string[] Pair(KeyValuePair<string, string> pair) => [pair.Key, pair.Value];
}
