using Aspire.Hosting.Dashboard.Telemetry;

namespace LiveComments.LocalHostTests;

/// <summary>What the dashboard keeps of telemetry: bounded, and right.</summary>
public sealed class TelemetryStoreTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Traces_beyond_the_bound_push_out_the_oldest()
    {
        var store = new TraceStore();
        for (var trace = 0; trace < 3_000; trace++)
            store.Add([.. Enumerable.Range(0, 10).Select(span => Span($"trace-{trace}", $"{trace}-{span}", trace))]);

        Assert.Empty(store.Find("trace-0").Spans);
        Assert.Equal(10, store.Find("trace-2999").Spans.Count);
        Assert.Equal(10, store.Find("trace-1000").Spans.Count);
        Assert.Equal("trace-2999", store.List(null, null, TimeSpan.Zero, onlyErrors: false)[0][0].TraceId);

        // A trace without an end, alone.
        for (var part = 0; part < 30; part++)
            store.Add([.. Enumerable.Range(0, 1_000).Select(span => Span("endless", $"e-{part}-{span}", 5_000))]);
        Assert.InRange(store.Find("endless").Spans.Count, 0, 20_000);
    }

    [Fact]
    public void Who_points_to_a_trace_is_found_with_it()
    {
        var store = new TraceStore();
        store.Add([Span("comment", "c", 1), Span("batch", "b", 2) with { Links = [new("comment", "c")] }, Span("other", "o", 3)]);
        store.Add([new LogRecordData("api", "scope", "comment", "c", 1, "Warning", "said within it"), new LogRecordData("api", "scope", "", "", 1, "Information", "said outside")]);

        var (spans, linkedFrom, records) = store.Find("comment");

        Assert.Equal("c", Assert.Single(spans).SpanId);
        Assert.Equal("b", Assert.Single(linkedFrom).SpanId);
        Assert.Equal("said within it", Assert.Single(records).Body);
    }

    [Fact]
    public void Counter_is_drawn_as_its_rate_also_over_a_restart()
    {
        var store = new MetricStore(_time);
        foreach (var counted in new double[] { 1_000, 1_010, 1_030, 4 })
        {
            store.Add([Metric(MetricKind.Counter, new MetricPoint("", counted, [], []))]);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        // What was counted before it was first heard of is no rate; after the restart it counts from nothing.
        Assert.Equal([5, 10, 2], Assert.Single(Assert.Single(store.Read("api", 0)).Lines).Points.Select(point => point.Value));
    }

    [Fact]
    public void Histogram_is_drawn_as_percentiles_of_what_came_since()
    {
        var store = new MetricStore(_time);
        double[] bounds = [0.1, 1, 10];
        store.Add([Metric(MetricKind.Histogram, new MetricPoint("a", 0, [1_000, 0, 0, 0], bounds))]);
        _time.Advance(TimeSpan.FromSeconds(1));
        store.Add([Metric(MetricKind.Histogram, new MetricPoint("a", 0, [1_000, 100, 0, 0], bounds), new MetricPoint("b", 0, [0, 0, 0, 0], bounds))]);

        var lines = Assert.Single(store.Read("api", 0)).Lines.ToDictionary(line => line.Label, line => line.Points[^1].Value);
        Assert.Equal(0.55, lines["p50"], 3);
        Assert.Equal(0.955, lines["p95"], 3);
        // Nothing came: nothing is drawn, and nothing that was told is told again.
        var newest = Assert.Single(store.Read("api", 0)).Lines[0].Points[^1].Time;
        _time.Advance(TimeSpan.FromSeconds(1));
        store.Add([Metric(MetricKind.Histogram, new MetricPoint("a", 0, [1_000, 100, 0, 0], bounds))]);
        Assert.All(Assert.Single(store.Read("api", newest)).Lines, line => Assert.Empty(line.Points));
    }

    [Fact]
    public void Names_and_labels_that_are_made_up_take_no_more_than_their_share()
    {
        var store = new MetricStore(_time);
        for (var name = 0; name < 2_000; name++)
            store.Add([Metric(MetricKind.Gauge, new MetricPoint("", name, [], [])) with { Name = $"made.up.{name}" }]);
        Assert.Equal(300, store.Read("api", 0).Count);

        store.Add([Metric(MetricKind.UpDown, [.. Enumerable.Range(0, 2_000).Select(label => new MetricPoint($"label {label}", 1, [], []))]) with { Resource = "gateway" }]);
        var lines = Assert.Single(store.Read("gateway", 0)).Lines;
        Assert.Equal(8, lines.Count);
        Assert.Equal(2_000, lines.Sum(line => line.Points[^1].Value));

        for (var second = 0; second < 1_000; second++, _time.Advance(TimeSpan.FromSeconds(1)))
            store.Add([Metric(MetricKind.Gauge, new MetricPoint("", second, [], [])) with { Resource = "fanout-1" }]);
        Assert.Equal(300, Assert.Single(Assert.Single(store.Read("fanout-1", 0)).Lines).Points.Count);
    }

    [Fact]
    public Task Garbage_is_refused_as_such() => Seed.ForEachAsync(200, random =>
    {
        var garbage = new byte[random.Next(200)];
        random.NextBytes(garbage);
        foreach (var parse in new Action[] { () => OtlpParsing.Traces(garbage), () => OtlpParsing.Metrics(garbage), () => OtlpParsing.Logs(garbage) })
        {
            try
            {
                parse();
            }
            catch (InvalidDataException)
            {
                // The one answer there is to garbage.
            }
        }

        return Task.CompletedTask;
    });

    [Fact]
    public void Lists_within_lists_without_end_take_no_stack()
    {
        // { 5: { 1: { 5: … } } }, 2,000 times: lengths are written as varints, from the inside out.
        var value = new List<byte>();
        for (var depth = 0; depth < 2_000; depth++)
            value = [0x2A, .. Varint(value.Count + 1 + Varint(value.Count).Length), 0x0A, .. Varint(value.Count), .. value];
        byte[] pair = [0x0A, 1, (byte)'k', 0x12, .. Varint(value.Count), .. value];
        byte[] span = [0x4A, .. Varint(pair.Length), .. pair];
        byte[] scope = [0x12, .. Varint(span.Length), .. span];
        byte[] request = [0x0A, .. Varint(scope.Length + 1 + Varint(scope.Length).Length), 0x12, .. Varint(scope.Length), .. scope];

        Assert.Equal("[[[[…]]]]", Assert.Single(Assert.Single(OtlpParsing.Traces(request)).Attributes).Value);
    }

    private static byte[] Varint(int number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        return [.. bytes, (byte)number];
    }

    private static SpanData Span(string trace, string id, long start) => new("api", "scope", trace, id, "", "POST", 2, start, start + 1, IsError: false, null, [], [], []);

    private static MetricData Metric(MetricKind kind, params MetricPoint[] points) => new("api", "LiveComments.Api", "counted", "", "", kind, IsDelta: false, points);
}
