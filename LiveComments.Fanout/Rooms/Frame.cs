using LiveComments.Contracts;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// A batch as it goes out to every viewer: immutable, encoded once per transport. Frames form a chain; a viewer holds
/// the frame it has sent last and awaits the next, so nobody has a queue of its own, and frames that nobody holds are garbage.
/// </summary>
sealed class Frame(string streamId, long number, long createdAt, long bytesBefore, ulong previousSequence, IReadOnlyList<LogEntry> entries, Sample? sample, IReadOnlyList<WireMessage> messages)
{
    private const long MeasuredEvery = 8;

    private IReadOnlyList<ReadOnlyMemory<byte>>? _webSocket;
    private readonly TaskCompletionSource<Frame> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _chunk;
    private Accepted? _accepted;

    /// <summary>Counts up by one from frame to frame of a room.</summary>
    public long Number { get; } = number;

    /// <summary>A <see cref="TimeProvider"/> timestamp.</summary>
    public long CreatedAt { get; } = createdAt;

    /// <summary>Bytes of all frames of the room before this one: the difference of two is how far a viewer lags.</summary>
    public long BytesBefore { get; } = bytesBefore;

    /// <summary>The last sequence of the frame before.</summary>
    public ulong PreviousSequence { get; } = previousSequence;

    /// <summary>What is in it, for a viewer that has seen a part of it elsewhere.</summary>
    public IReadOnlyList<LogEntry> Entries { get; } = entries;

    public ulong LastSequence => Entries.Count > 0 ? Entries[^1].Sequence : PreviousSequence;

    /// <summary>What of it most viewers are not shown; null when they are shown all of it.</summary>
    public Sample? Sample { get; } = sample;

    /// <summary>What single users are told beside that; null for nothing.</summary>
    public PersonalNotes? Personal { get; init; }

    /// <summary>Null for nearly all frames: nothing in it is traced.</summary>
    public DeliveryTrace? Trace { get; init; }

    /// <summary>The stream it is of.</summary>
    public string StreamId => streamId;

    /// <summary>True when every viewer is sent the same.</summary>
    public bool IsForEverybody => Sample is null && Personal is null;

    /// <summary>What viewers are told, in order.</summary>
    public IReadOnlyList<WireMessage> Messages { get; } = messages;

    /// <summary>The whole frame as server-sent events.</summary>
    public ReadOnlyMemory<byte> Sse { get; } = SseEncoding.Encode(messages);

    /// <summary>The frame's text messages; made when the first viewer over WebSocket asks, so that other rooms don't pay.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> WebSocket => LazyInitializer.EnsureInitialized(ref _webSocket, () => JsonEncoding.Encode(streamId, Messages));

    /// <summary>The same bytes as one chunk of an HTTP/1.1 body, for who writes to sockets itself; made when first asked for.</summary>
    public byte[] Chunk => _chunk ?? Interlocked.CompareExchange(ref _chunk, HttpChunk.Of(Sse.Span), null) ?? _chunk;

    /// <summary>
    /// Whether its way is measured: one frame in so many is, since that must cost nothing where each goes to few viewers.
    /// </summary>
    public bool IsMeasured => Number % MeasuredEvery == 1;

    /// <summary>When Api accepted its oldest comment; null when it has none. Looked for when first asked.</summary>
    public DateTimeOffset? AcceptedAt => (_accepted ??= new Accepted(FindAcceptance())).At;

    /// <summary>When Api accepted that a comment be removed, of the first removal in it; null when it has none, or none that says so.</summary>
    public DateTimeOffset? RetractedAt { get; } = FindRetraction(entries);

    /// <summary>Completes when there is a newer frame, or is cancelled when the room closes.</summary>
    public Task<Frame> Next => _next.Task;

    /// <summary>The newer frame, when there is one already.</summary>
    public Frame? NextIfAny => _next.Task.IsCompletedSuccessfully ? _next.Task.GetAwaiter().GetResult() : null;

    /// <summary>Whether the viewer is told something that the others are not. Asked for each viewer of a frame that is not for everybody.</summary>
    public bool Concerns(User viewer) => Sample?.Concerns(viewer) == true || Personal?.Concern(viewer) == true;

    /// <summary>Why this frame is the viewer's last, in words; null when it is not.</summary>
    public string? DismissalOf(User? viewer) => viewer is null ? null : Personal?.DismissalOf(viewer);

    public void Link(Frame next) => _next.SetResult(next);

    public void End() => _next.TrySetCanceled();

    // A removal leaves at once, and so is the last of its frame.
    private static DateTimeOffset? FindRetraction(IReadOnlyList<LogEntry> entries) =>
        entries.Count > 0 && Removals.TargetOf(entries[^1]) is not null ? LogHeaders.ReadTime(LogEntry.Header(entries[^1].Headers, LogHeaders.AcceptedAt)) : null;

    private DateTimeOffset? FindAcceptance() =>
        Entries.FirstOrDefault(entry => entry.EventType == LogEventTypes.CommentPosted) is { } comment ? Acceptance.Of(comment) : null;

    // A reference is set in one go, whoever else asks at the same time.
    private sealed record Accepted(DateTimeOffset? At);
}
