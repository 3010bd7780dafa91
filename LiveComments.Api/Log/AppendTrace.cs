using System.Diagnostics;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Telemetry;
using NATS.Client.Core;

namespace LiveComments.Api.Log;

/// <summary>
/// The append of a traced request as a span, and the entry's mark by which whoever reads it from the log finds the trace.
/// Entries of requests that are not traced carry no mark: the log stays as small as it was.
/// </summary>
static class AppendTrace
{
    private static readonly ActivitySource Source = new("LiveComments.Api.Log");

    public static async Task<AppendResult> AppendAsync(string streamId, string eventType, int size, NatsHeaders headers, Func<Task<AppendResult>> append)
    {
        using var span = Source.StartActivity("publish log", ActivityKind.Producer);
        if (span is null)
            return await append();
        headers[LogHeaders.TraceParent] = span.Id;
        span.SetTag(TraceTags.MessagingSystem, TraceTags.Nats)
            .SetTag(TraceTags.Destination, "log")
            .SetTag(TraceTags.OperationName, "publish")
            .SetTag(TraceTags.OperationType, "send")
            .SetTag(TraceTags.BodySize, size)
            .SetTag(TraceTags.StreamId, streamId)
            .SetTag(TraceTags.EventType, eventType);
        var result = await append();
        span.SetTag(TraceTags.Outcome, result.GetType().Name);
        if (result is AppendResult.Unavailable)
            span.SetStatus(ActivityStatusCode.Error, "The log did not answer.");
        return result;
    }
}
