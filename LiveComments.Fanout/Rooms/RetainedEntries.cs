using LiveComments.Contracts;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>A room's newest entries as they were at one moment, for viewers who come or come back.</summary>
/// <param name="Entries">Oldest first; all that a resume makes up for.</param>
/// <param name="After">Entries after this sequence are all among them.</param>
/// <param name="Sample">What of them was left out.</param>
sealed record Retained(IReadOnlyList<LogEntry> Entries, ulong After, Sample? Sample)
{
    private IReadOnlyList<LogEntry>? _newestComments;
    private FirstSight? _firstSight;

    /// <summary>What who starts afresh is shown; found once for all of them.</summary>
    public IReadOnlyList<LogEntry> NewestComments =>
        _newestComments ??= [.. Entries.Where(entry => entry.EventType == LogEventTypes.CommentPosted).TakeLast(Limits.BackfillComments)];

    /// <summary>The last <paramref name="count"/> of them, which a node that has too much to do leaves it at.</summary>
    public IReadOnlyList<LogEntry> NewestCommentsUpTo(int count) => NewestComments.Count <= count ? NewestComments : [.. NewestComments.TakeLast(count)];

    /// <summary>The newest comments as server-sent events, for all who enter after that sequence; <paramref name="encode"/> makes them for the first.</summary>
    public ReadOnlyMemory<byte> FirstSightAt(ulong sequence, int comments, Func<ReadOnlyMemory<byte>> encode)
    {
        if (_firstSight is not { } made || made.Sequence != sequence || made.Comments != comments)
            _firstSight = made = new FirstSight(sequence, comments, encode());
        return made.Sse;
    }

    // A reference is set in one go, whoever else asks at the same time. It holds no frame, which would hold all that come after.
    private sealed record FirstSight(ulong Sequence, int Comments, ReadOnlyMemory<byte> Sse);
}

/// <summary>Keeps a room's newest entries: what a resume may ask for. Not safe for several threads; the room's lock is around it.</summary>
sealed class RetainedEntries
{
    private readonly Dictionary<ulong, Omission> _omitted = [];
    private Queue<LogEntry> _entries;
    private ulong _after;
    private Retained? _snapshot;

    /// <param name="past">The newest entries so far, never empty.</param>
    /// <param name="isWhole">True when they go back to the stream's first entry.</param>
    public RetainedEntries(IReadOnlyList<LogEntry> past, bool isWhole)
    {
        _entries = new Queue<LogEntry>(past.Where(entry => !Reactions.IsOne(entry)));
        // What lies right before the first kept entry is unknown, so a cursor must be at that entry or after it.
        _after = isWhole ? 0 : past[0].Sequence;
    }

    /// <summary>Entries after this sequence are all kept.</summary>
    public ulong After => _after;

    /// <summary>How many more may be kept.</summary>
    public int Left => Limits.MaxResumeEvents - _entries.Count;

    public void Add(LogEntry entry, Omission? omission)
    {
        _snapshot = null;
        _entries.Enqueue(entry);
        if (omission is not null)
            _omitted.Add(entry.Sequence, omission);
        if (_entries.Count > Limits.MaxResumeEvents)
        {
            _after = _entries.Dequeue().Sequence;
            _omitted.Remove(_after);
        }
    }

    /// <summary>Takes entries that lie before those kept. Not if these begin elsewhere by now, or it would be too many.</summary>
    /// <param name="older">All after <paramref name="after"/> and up to <paramref name="until"/>, in order.</param>
    /// <param name="omitted">What of them is left out.</param>
    /// <param name="after">The sequence before the first of them.</param>
    /// <param name="until">What <see cref="After"/> was when they were asked for.</param>
    /// <param name="epoch">Theirs.</param>
    public void Deepen(IReadOnlyList<LogEntry> older, IReadOnlyDictionary<ulong, Omission> omitted, ulong after, ulong until, int epoch)
    {
        if (until != _after || after >= until || older.Count > Left)
            return;
        _snapshot = null;
        _after = after;
        // The entry at that sequence may be among both. What came meanwhile may take back some.
        _entries = new Queue<LogEntry>(Removals.Apply([.. older, .. _entries.Where(entry => entry.Sequence > until)], epoch));
        foreach (var kept in _entries.TakeWhile(entry => entry.Sequence <= until))
        {
            if (omitted.TryGetValue(kept.Sequence, out var omission))
                _omitted[kept.Sequence] = omission;
        }
    }

    public void RemoveAll(Predicate<LogEntry> match)
    {
        _snapshot = null;
        foreach (var removed in _entries.Where(entry => match(entry)))
            _omitted.Remove(removed.Sequence);
        _entries = new Queue<LogEntry>(_entries.Where(entry => !match(entry)));
    }

    /// <summary>Made once for all who come before the next entry.</summary>
    public Retained Snapshot() => _snapshot ??= new Retained([.. _entries], _after, Sample.Of(new Dictionary<ulong, Omission>(_omitted)));
}
