using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Feed;

/// <summary>
/// Stands in the place of entries that the log itself no longer has, so that viewers hear of the hole in its place
/// and their cursors get past it. It exists in this node only.
/// </summary>
static class FeedGap
{
    /// <summary>No entry of the log has this type.</summary>
    public const string EventType = "fanout.gap";

    public static LogEntry Of(string streamId, int epoch, ulong after, ulong until)
    {
        var gap = new Gap(streamId, new Cursor(epoch, after).ToString(), new Cursor(epoch, until).ToString());
        return new LogEntry(streamId, until, EventType, JsonSerializer.SerializeToUtf8Bytes(gap, ContractsJson.Wire.Gap), null);
    }
}
