namespace Aspire.Hosting.Dashboard.Telemetry;

/// <summary>The newest traces, and what was logged within them. Thread-safe; memory is bounded by counts of bounded things.</summary>
internal sealed class TraceStore
{
    // With the bounds of a span (OtlpParsing) some tens of megabytes at most, and a few in practice.
    private const int MostSpans = 20_000;
    private const int MostRecords = 2_000;
    private const int MostListed = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SpanData>> _traces = [];
    private readonly Queue<string> _order = new();
    private readonly Queue<LogRecordData> _records = new();
    private int _spans;

    public void Add(List<SpanData> spans)
    {
        lock (_lock)
        {
            foreach (var span in spans)
            {
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    _traces[span.TraceId] = trace = [];
                    _order.Enqueue(span.TraceId);
                }

                trace.Add(span);
                _spans++;
            }

            // One endless trace alone may be all there is: then it goes, too.
            while (_spans > MostSpans && _order.TryDequeue(out var oldest))
            {
                if (_traces.Remove(oldest, out var gone))
                    _spans -= gone.Count;
            }
        }
    }

    public void Add(List<LogRecordData> records)
    {
        lock (_lock)
        {
            foreach (var record in records.Where(record => record.TraceId.Length > 0))
                _records.Enqueue(record);
            while (_records.Count > MostRecords)
                _records.Dequeue();
        }
    }

    /// <summary>The newest traces first, of a resource, with a text in a span's name, at least so long, failed ones only.</summary>
    public IReadOnlyList<IReadOnlyList<SpanData>> List(string? resource, string? text, TimeSpan atLeast, bool onlyErrors)
    {
        lock (_lock)
        {
            return [.. _traces.Values
                .Where(trace => (resource is null || trace.Any(span => span.Resource == resource))
                    && (string.IsNullOrEmpty(text) || trace.Any(span => span.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || span.TraceId.StartsWith(text, StringComparison.OrdinalIgnoreCase)))
                    && trace.Max(span => span.EndNs) - trace.Min(span => span.StartNs) >= atLeast.Ticks * TimeSpan.NanosecondsPerTick
                    && (!onlyErrors || trace.Any(span => span.IsError)))
                .OrderByDescending(trace => trace.Min(span => span.StartNs))
                .Take(MostListed)
                .Select(trace => trace.ToArray())];
        }
    }

    /// <summary>A trace, spans of other traces that point to it, and what was logged within it.</summary>
    public (IReadOnlyList<SpanData> Spans, IReadOnlyList<SpanData> LinkedFrom, IReadOnlyList<LogRecordData> Records) Find(string traceId)
    {
        lock (_lock)
        {
            return _traces.TryGetValue(traceId, out var trace)
                ? ([.. trace.OrderBy(span => span.StartNs)],
                    [.. _traces.Values.SelectMany(other => other).Where(span => span.TraceId != traceId && span.Links.Any(link => link.TraceId == traceId)).Take(MostListed)],
                    [.. _records.Where(record => record.TraceId == traceId).OrderBy(record => record.TimeNs)])
                : ([], [], []);
        }
    }
}
