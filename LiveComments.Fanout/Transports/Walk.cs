using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports;

/// <summary>One viewer's way along the frames of a room, whatever the transport: what comes next, and when it is too far behind.</summary>
sealed class Walk
{
    private readonly Room _room;
    private readonly TimeProvider _clock;
    private ulong _seen;

    public Walk(Room room, Frame at, Catchup catchup, User? viewer, TimeProvider clock)
    {
        (_room, At, Viewer, _clock) = (room, at, viewer, clock);
        _seen = Math.Max(at.LastSequence, catchup.After ?? 0);
    }

    /// <summary>Who it is, and so what it is shown of a fast stream; null when that is not known.</summary>
    public User? Viewer { get; set; }

    /// <summary>The frame that was taken last.</summary>
    public Frame At { get; private set; }

    /// <summary>The sequence up to which this viewer has everything.</summary>
    public ulong Seen => _seen;

    /// <summary>Takes the next frame. Null when there was none for <paramref name="patience"/>.</summary>
    /// <exception cref="OperationCanceledException">The room closed, or <paramref name="ending"/> says so.</exception>
    public async ValueTask<Frame?> NextAsync(TimeSpan patience, CancellationToken ending)
    {
        try
        {
            return At = At.Next.IsCompletedSuccessfully ? await At.Next : await At.Next.WaitAsync(patience, _clock, ending);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// What this viewer alone is to be told instead of the frame it has just taken; null when that is right as it is,
    /// as it is for nearly everybody.
    /// </summary>
    public IReadOnlyList<WireMessage>? Own(Frame frame)
    {
        var seen = _seen;
        _seen = Math.Max(seen, frame.LastSequence);
        // 1. It came from a node that was a little ahead: only what it has not seen there. 2. Something that the others are not shown is for it.
        if (frame.PreviousSequence >= seen && (frame.IsForEverybody || Viewer is null || !frame.Concerns(Viewer)))
            return null;
        return Own(_room, frame, seen, Viewer);
    }

    /// <summary>What a frame is to one viewer who has everything up to <paramref name="seen"/>.</summary>
    public static IReadOnlyList<WireMessage> Own(Room room, Frame frame, ulong seen, User? viewer)
    {
        var unseen = frame.Entries.Where(entry => entry.Sequence > seen).ToList();
        var messages = MessageEncoding.Encode(
            room.StreamId, room.Epoch, unseen, Math.Max(seen, frame.PreviousSequence), isBackfill: false, sample: frame.Sample, viewer: viewer);
        var personal = viewer is null ? [] : frame.Personal?.For(viewer) ?? [];
        return [.. messages, .. frame.Messages.Where(message => message.Cursor is null), .. personal];
    }

    public bool IsTooFarBehind
    {
        get
        {
            var newest = _room.Newest;
            return newest.BytesBefore - At.BytesBefore > SlowReaders.MaxLagBytes
                || (newest != At && At.Next is { IsCompletedSuccessfully: true } next && _clock.GetElapsedTime(next.GetAwaiter().GetResult().CreatedAt) > SlowReaders.MaxLag);
        }
    }
}
