using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;

namespace LiveComments.ConformanceTests.Telemetry;

/// <summary>Keeps what has ended.</summary>
internal sealed class Collected<T> : BaseProcessor<T>
{
    public ConcurrentQueue<T> Items { get; } = new();

    public bool IsDisposed { get; private set; }

    public override void OnEnd(T data) => Items.Enqueue(data);

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}

/// <summary>Keeps what matters of log records: the SDK uses the records themselves again.</summary>
internal sealed class CollectedLogs : BaseProcessor<LogRecord>
{
    public ConcurrentQueue<(string? Category, LogLevel Level, string? Message, string TraceId)> Items { get; } = new();

    public override void OnEnd(LogRecord data) =>
        Items.Enqueue((data.CategoryName, data.LogLevel, data.FormattedMessage, data.TraceId.ToString()));
}

/// <summary>Keeps the metrics of the last collection.</summary>
internal sealed class CollectedMetrics : BaseExporter<Metric>
{
    public ConcurrentDictionary<string, Metric> ByName { get; } = new();

    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
            ByName[metric.Name] = metric;
        return ExportResult.Success;
    }
}
