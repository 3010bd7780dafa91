using System.Diagnostics;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Telemetry;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// The way of a frame's traced comments through this node, from their arrival until the frame has been written: one span
/// for the frame, however many watch, in the trace of the first of them and with links to the others'.
/// </summary>
sealed class DeliveryTrace
{
    private static readonly ActivitySource Source = new("LiveComments.Fanout.Delivery");

    private readonly DateTimeOffset _receivedAt = TimeProvider.System.GetUtcNow();
    private readonly List<ActivityContext> _comments = [];
    private int _isWritten;

    /// <summary>Notes an entry that is traced; others, which nearly all are, cost a look at most.</summary>
    public static void Received(ref DeliveryTrace? trace, LogEntry entry)
    {
        if (!Source.HasListeners() || EntryTrace.Of(entry) is not { } context || (context.TraceFlags & ActivityTraceFlags.Recorded) == 0)
            return;
        trace ??= new DeliveryTrace();
        if (trace._comments.Count < EntryTrace.MaxLinks)
            trace._comments.Add(context);
    }

    /// <summary>It has been written to whom one of its writers serves. The first time counts: the others are at it at the same moment.</summary>
    public void Written(Frame frame)
    {
        if (Interlocked.Exchange(ref _isWritten, 1) != 0)
            return;
        using var span = Source.StartActivity("deliver live", ActivityKind.Consumer, _comments[0], links: _comments.Skip(1).Select(context => new ActivityLink(context)), startTime: _receivedAt);
        span?.SetTag(TraceTags.MessagingSystem, TraceTags.Nats)
            .SetTag(TraceTags.Destination, "live")
            .SetTag(TraceTags.OperationName, "deliver")
            .SetTag(TraceTags.OperationType, "process")
            .SetTag(TraceTags.BatchSize, frame.Entries.Count)
            .SetTag(TraceTags.BodySize, frame.Sse.Length)
            .SetTag(TraceTags.StreamId, frame.StreamId);
    }
}
