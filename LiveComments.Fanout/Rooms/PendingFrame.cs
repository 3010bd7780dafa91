using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>What waits to go out with a room's next frame. Not safe for several threads; the room's lock is around it.</summary>
sealed class PendingFrame(string streamId)
{
    private readonly List<(LogEntry Entry, Omission? Omission)> _entries = [];
    private readonly List<WireMessage> _notices = [];
    private readonly List<PersonalNotes.Note> _notes = [];
    private DeliveryTrace? _trace;

    public IReadOnlyList<(LogEntry Entry, Omission? Omission)> Entries => _entries;

    public bool IsEmpty => _entries.Count == 0 && _notices.Count == 0 && _notes.Count == 0;

    public void Add(LogEntry entry, Omission? omission)
    {
        _entries.Add((entry, omission));
        DeliveryTrace.Received(ref _trace, entry);
    }

    /// <summary>Says something that is no part of the log.</summary>
    public void Add(IEnumerable<WireMessage> notices) => _notices.AddRange(notices);

    /// <summary>Says something to one user.</summary>
    public void Add(PersonalNotes.Note note) => _notes.Add(note);

    /// <summary>Says it instead of what was to be said of that type.</summary>
    public void Replace(WireMessage notice)
    {
        _notices.RemoveAll(waiting => waiting.Type == notice.Type);
        _notices.Add(notice);
    }

    public bool Says(string type) => _notices.Exists(waiting => waiting.Type == type);

    public void RemoveAll(Predicate<LogEntry> match) => _entries.RemoveAll(waiting => match(waiting.Entry));

    /// <summary>Takes all of it out, as the frame after <paramref name="before"/>.</summary>
    public Frame Take(Frame before, int epoch, long now)
    {
        LogEntry[] entries = [.. _entries.Select(waiting => waiting.Entry)];
        var sample = Sample.Of(_entries.Where(waiting => waiting.Omission is not null).ToDictionary(waiting => waiting.Entry.Sequence, waiting => waiting.Omission!));
        var messages = MessageEncoding.Encode(streamId, epoch, entries, before.LastSequence, isBackfill: false, sample: sample);
        if (_notices.Count > 0)
            messages = [.. messages, .. _notices];
        var personal = PersonalNotes.Of(_notes);
        _entries.Clear();
        _notices.Clear();
        _notes.Clear();
        var trace = _trace;
        _trace = null;
        return new Frame(streamId, before.Number + 1, now, before.BytesBefore + before.Sse.Length, before.LastSequence, entries, sample, messages) { Personal = personal, Trace = trace };
    }
}
