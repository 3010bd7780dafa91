using System.Diagnostics;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Telemetry;

namespace LiveComments.Api.Persistence;

/// <summary>A batch as a span of its own, with links to the traces of the comments in it; none when none of them is traced.</summary>
static class BatchTrace
{
    private static readonly ActivitySource Source = new("LiveComments.Api.Persistence");

    /// <summary>Dispose it when the batch is written.</summary>
    public static Activity? Begin(IReadOnlyList<LogEntry> batch)
    {
        if (!Source.HasListeners() || EntryTrace.LinksOf(batch) is not { Count: > 0 } links)
            return null;
        return Source.StartActivity("process log", ActivityKind.Consumer, default(ActivityContext), links: links)?
            .SetTag(TraceTags.MessagingSystem, TraceTags.Nats)
            .SetTag(TraceTags.Destination, "log")
            .SetTag(TraceTags.OperationName, "process")
            .SetTag(TraceTags.OperationType, "process")
            .SetTag(TraceTags.BatchSize, batch.Count);
    }
}
