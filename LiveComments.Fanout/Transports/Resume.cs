using System.Buffers;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Transports;

/// <summary>What a viewer is sent before anything live.</summary>
/// <param name="Entries">In order; may be empty.</param>
/// <param name="After">The sequence before the first of them; null when the viewer starts afresh.</param>
/// <param name="Reset">One of <see cref="ResetReasons"/> when the viewer must forget what it holds.</param>
sealed record Catchup(IReadOnlyList<LogEntry> Entries, ulong? After, string? Reset)
{
    /// <summary>What of the entries most viewers are not shown.</summary>
    public Sample? Sample { get; init; }

    /// <summary>Where the entries are from, when all who start afresh get the same; else null.</summary>
    public Retained? Shared { get; init; }

    /// <summary>What holds at the moment and is no part of the log.</summary>
    public IReadOnlyList<WireMessage> Notices { get; init; } = [];

    /// <summary>True when the viewer missed nothing: it has nothing to be told.</summary>
    public bool IsEmpty => Entries.Count == 0 && After is not null && Reset is null;

    /// <summary>The messages with which a viewer's time in the room begins.</summary>
    /// <param name="room">Where it is.</param>
    /// <param name="at">The newest frame when it came.</param>
    /// <param name="viewer">Who it is; null when that is not known.</param>
    public IReadOnlyList<WireMessage> Messages(Room room, Frame at, User? viewer) => [.. Past(room, at, viewer), .. Notices];

    /// <summary>The same as server-sent events; what is the same for everybody is encoded once: thousands may come between two frames.</summary>
    public void WriteSse(IBufferWriter<byte> output, Room room, Frame at, User? viewer)
    {
        var past = Shared is { } shared ? shared.FirstSightAt(at.LastSequence, Entries.Count, () => SseEncoding.Encode(Past(room, at, viewer))) : SseEncoding.Encode(Past(room, at, viewer));
        output.Write(past.Span);
        output.Write(SseEncoding.Encode(Notices).Span);
    }

    private List<WireMessage> Past(Room room, Frame at, User? viewer)
    {
        var messages = new List<WireMessage>();
        if (Reset is { } reason)
            messages.Add(MessageEncoding.Reset(room.StreamId, reason));
        if (Entries.Count > 0)
            messages.AddRange(MessageEncoding.Encode(room.StreamId, room.Epoch, Entries, After, isBackfill: true, at.LastSequence, Sample, viewer));
        else if (After is null)
            messages.Add(MessageEncoding.EmptyBackfill(room.StreamId, new Cursor(room.Epoch, at.LastSequence)));
        // Nothing between is anything to viewers, but what comes next names the room's place as the one before it.
        else if (After < at.LastSequence)
            messages.Add(MessageEncoding.CursorAlone(new Cursor(room.Epoch, at.LastSequence)));
        return messages;
    }
}

/// <summary>Finds what a viewer missed: in the room, which reads more of the log if need be; else it starts afresh and is told so.</summary>
static class Resume
{
    public static async Task<Beginning> FindAsync(Room room, Entrance entrance, FurtherPast past, ResumePoint? point, CancellationToken cancellationToken)
    {
        if (point?.Cursor is { } cursor && cursor.Epoch == past.Epoch && cursor.Sequence < entrance.Retained.After)
        {
            await past.ReachAsync(cursor.Sequence, cancellationToken);
            // The room has gone on meanwhile: so the viewer enters now.
            entrance = room.Enter();
        }

        return new Beginning(entrance.At, FindEntries(entrance, past.Epoch, point) with { Notices = entrance.Notices });
    }

    private static Catchup FindEntries(Entrance entrance, int epoch, ResumePoint? point)
    {
        if (point is null)
            return Afresh(entrance, reset: null);
        if ((point.Value.Cursor ?? CursorOf(point.Value.CommentId, entrance, epoch)) is not { } from)
            return Afresh(entrance, ResetReasons.TooFarBehind);
        if (from.Epoch != epoch)
            return Afresh(entrance, ResetReasons.NewEpoch);
        // It may be ahead of this node, having come from another: nothing missed, and what it has seen is not sent again.
        if (from.Sequence >= entrance.At.LastSequence)
            return new Catchup([], from.Sequence, null);
        if (from.Sequence < entrance.Retained.After)
            return Afresh(entrance, ResetReasons.TooFarBehind);
        return new Catchup([.. entrance.Retained.Entries.Where(entry => entry.Sequence > from.Sequence)], from.Sequence, null) { Sample = entrance.Retained.Sample };
    }

    /// <summary>Where the comment lies, if it is one of those that the room has; looked for among at most <see cref="Limits.MaxResumeEvents"/>.</summary>
    private static Cursor? CursorOf(string? commentId, Entrance entrance, int epoch)
    {
        var found = entrance.Retained.Entries.LastOrDefault(entry => entry.EventType == LogEventTypes.CommentPosted && IdOf(entry) == commentId);
        return found is null ? null : new Cursor(epoch, found.Sequence);
    }

    private static string? IdOf(LogEntry entry) => JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Wire.Comment)?.Id;

    private static Catchup Afresh(Entrance entrance, string? reset) =>
        new(entrance.Retained.NewestCommentsUpTo(entrance.BackfillComments), null, reset) { Shared = reset is null ? entrance.Retained : null };
}
