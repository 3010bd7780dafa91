using System.Diagnostics;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>
/// The trace that an entry of the log belongs to, by W3C's <c>traceparent</c> among its headers. Only entries of requests
/// that are traced have it, so for all others it costs a look.
/// </summary>
public static class EntryTrace
{
    /// <summary>As many links as the standard lets a span have.</summary>
    public const int MaxLinks = 128;

    public static ActivityContext? Of(LogEntry entry) =>
        LogEntry.Header(entry.Headers, LogHeaders.TraceParent) is { } header && ActivityContext.TryParse(header, null, isRemote: true, out var context) ? context : null;

    /// <summary>The traces of a batch, each once; empty for nearly all batches.</summary>
    public static IReadOnlyList<ActivityLink> LinksOf(IReadOnlyList<LogEntry> entries)
    {
        List<ActivityLink>? links = null;
        foreach (var entry in entries)
        {
            if (Of(entry) is { } context && (links ??= []).Count < MaxLinks)
                links.Add(new ActivityLink(context));
        }

        return links ?? (IReadOnlyList<ActivityLink>)[];
    }
}
