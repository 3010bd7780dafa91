using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>Where a viewer enters a room: what to send first, and the frame after which it goes on.</summary>
/// <param name="At">The newest frame at the moment of entering.</param>
/// <param name="Retained">The newest entries up to that frame.</param>
/// <param name="Notices">What is no part of the log and holds at that moment, such as how many watch.</param>
readonly record struct Entrance(Frame At, Retained Retained, IReadOnlyList<WireMessage> Notices)
{
    /// <summary>What who starts afresh is given of what was before.</summary>
    public int BackfillComments { get; init; } = Limits.BackfillComments;
}

/// <summary>One live stream's viewers on this node: gathers entries into frames and chains these.</summary>
sealed class Room : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly RoomOptions _options;
    private readonly string? _creatorId;
    private readonly RetainedEntries _retained;
    private readonly PendingFrame _pending;
    private readonly ReactionSums _reactions;
    private readonly RoomSampling _sampling;
    private readonly CalmPace? _calm;
    private readonly Tally<string> _users = new(int.MaxValue);
    private readonly Dictionary<string, WireMessage> _notices = new(StringComparer.Ordinal);
    private Frame _newest;
    private LiveStream? _stream;
    private ulong _sequence;
    private TaskCompletionSource? _moved;
    private long? _flushedAt;
    private long? _reactionsAt;
    private long? _due;
    private long _commentBalance;
    private bool _atOnce;
    private bool _closed;

    /// <param name="streamId">The stream.</param>
    /// <param name="epoch">Of its log.</param>
    /// <param name="past">The newest entries so far, never empty.</param>
    /// <param name="pastIsWhole">True when <paramref name="past"/> goes back to the stream's first entry.</param>
    /// <param name="clock">Decides when a batch goes out.</param>
    /// <param name="options">What is shown of a fast stream.</param>
    /// <param name="creatorId">The broadcaster; null when it is not known.</param>
    /// <param name="calm">Lets comments out one by one while there are few of them; null gathers always.</param>
    public Room(
        string streamId, int epoch, IReadOnlyList<LogEntry> past, bool pastIsWhole, TimeProvider clock, RoomOptions? options = null, string? creatorId = null, CalmPace? calm = null)
    {
        (StreamId, Epoch, _clock, _options, _creatorId, _calm) = (streamId, epoch, clock, options ?? new RoomOptions(), creatorId, calm);
        _retained = new RetainedEntries(Removals.Apply(past, epoch), pastIsWhole);
        _pending = new PendingFrame(streamId);
        _reactions = new ReactionSums(streamId);
        _sampling = NewSampling();
        _sequence = past[^1].Sequence;
        // Only to know how fast the stream is; what was before is a backfill, of which nothing is left out.
        foreach (var entry in past)
            _sampling.Omits(entry, audience: 0);
        _stream = past.LastOrDefault(IsState) is { } state ? StreamIn(state) : null;
        _newest = new Frame(streamId, 0, clock.GetTimestamp(), 0, _sequence, [], null, []);
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string StreamId { get; }

    public int Epoch { get; }

    public BatchOptions Pace { get; init; } = BatchOptions.Default;

    /// <summary>Told of each frame, as it is made.</summary>
    public SentFrames? Sent { get; init; }

    /// <summary>What the node leaves out because it has too much to do.</summary>
    public NodeEffects Effects { get; init; } = NodeEffects.Unchanging;

    /// <summary>The stream as it began, where the newest entries don't tell how it is; null when that is not known.</summary>
    public LiveStream? Stream
    {
        get
        {
            lock (_lock)
                return _stream;
        }
        init => _stream ??= value;
    }

    /// <summary>How many are in the room; decides the pace of batches.</summary>
    public int ViewerCount { get; set; }

    /// <summary>How many watch over all nodes, as far as is known; decides how much of a fast stream is shown.</summary>
    public int Audience { get; set; }

    /// <summary>Comments that came since the room opened, less those that were taken back.</summary>
    public long CommentBalance => Interlocked.Read(ref _commentBalance);

    /// <summary>
    /// Takes the next entry. The first after a quiet spell goes out at once, as do all of a calm room; others wait for
    /// the interval; a removal waits for nothing and takes what waited along. Reactions are summed up, and nobody resumes
    /// from one. Who comes or comes back later doesn't get what was removed.
    /// </summary>
    public void Add(LogEntry entry)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            if (entry.Sequence <= _sequence)
                throw new InvalidDataException($"Room {StreamId} went from {_sequence} to {entry.Sequence}.");
            _sequence = entry.Sequence;
            _moved?.SetResult();
            _moved = null;
            if (entry.EventType is LogEventTypes.CommentPosted)
                Interlocked.Increment(ref _commentBalance);
            if (Reactions.IsOne(entry))
            {
                _reactions.Add(entry);
            }
            else
            {
                _atOnce |= _calm?.Take() == true && Effects.SendsSingly;
                _pending.Add(entry, _sampling.Omits(entry, Math.Max(Audience, ViewerCount), Effects.Current.CommentShare));
            }

            if (IsState(entry))
            {
                _stream = StreamIn(entry) ?? _stream;
                // What waits to be said of the load says how the stream is, too: behind this entry, and so as this says.
                if (_pending.Says(ServerMessageTypes.StreamState) && Load_NeedsLock() is { } load)
                    _pending.Replace(load);
            }

            if (Removals.IsOne(entry))
            {
                Interlocked.Decrement(ref _commentBalance);
                if (Removals.TargetOf(entry) is { } removed)
                    Remove_NeedsLock(removed, Removals.DeletedIn(entry));
                Flush_NeedsLock();
                return;
            }

            Schedule_NeedsLock();
        }
    }

    /// <summary>
    /// Completes when the room has that entry, and whoever enters is not shown what it removed; or with something before it,
    /// so ask again. Is cancelled when the room closes.
    /// </summary>
    public Task WhenAt(ulong sequence)
    {
        lock (_lock)
        {
            if (_sequence >= sequence)
                return Task.CompletedTask;
            if (_closed)
                return Task.FromCanceled(new CancellationToken(canceled: true));
            return (_moved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Says something that is no part of the log, with the next frame; who comes later is told, too.</summary>
    public void Announce(WireMessage notice)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _notices[notice.Type] = notice;
            _pending.Replace(notice);
            Schedule_NeedsLock();
        }
    }

    /// <summary>Somebody else says what the stream is, of which the log has forgotten that. What the log says meanwhile is newer.</summary>
    public void Learn(LiveStream stream)
    {
        lock (_lock)
        {
            if (_closed || _stream is not null)
                return;
            // Its settings are no part of what is told along with the load, which says nothing of them.
            _stream = stream with { Settings = null };
        }

        if (Effects.Level != DegradationLevel.Normal)
            TellLoad();
    }

    /// <summary>Tells those who are here how they are served from now on, with the next frame. Nothing while it is not known what the stream is: see <see cref="Learn"/>.</summary>
    public void TellLoad()
    {
        lock (_lock)
        {
            if (_closed || Load_NeedsLock() is not { } load)
                return;
            _pending.Replace(load);
            Schedule_NeedsLock();
        }
    }

    /// <summary>Who is here by name, on one connection or several.</summary>
    public IReadOnlyList<string> Users => _users.All;

    /// <summary>Somebody is here by name from now on; by the same name they leave.</summary>
    public void Arrived(string userId) => _users.TryTake(userId);

    public void Left(string userId) => _users.Release(userId);

    public bool Has(string userId) => _users.Of(userId) > 0;

    /// <summary>Says something to one user at once, on all their connections; to nobody else, and not to who comes later.</summary>
    public void Tell(string userId, WireMessage message) => Tell(new PersonalNotes.Note(userId, message, Dismissal: null));

    /// <summary>Tells one user that they are banned, and ends their connections with it.</summary>
    public void Dismiss(string userId, string why) => Tell(new PersonalNotes.Note(userId, MessageEncoding.Error(ErrorCodes.Banned, why, retryable: false), why));

    private void Tell(PersonalNotes.Note note)
    {
        lock (_lock)
        {
            if (_closed || !Has(note.UserId))
                return;
            _pending.Add(note);
            Flush_NeedsLock();
        }
    }

    public Entrance Enter()
    {
        lock (_lock)
        {
            // Nobody who comes needs to be told that everything is as always.
            var load = Effects.Level == DegradationLevel.Normal ? null : Load_NeedsLock();
            WireMessage[] notices = load is { } said ? [.. _notices.Values, said] : [.. _notices.Values];
            return new Entrance(_newest, _retained.Snapshot(), notices) { BackfillComments = Effects.Current.BackfillComments };
        }
    }

    /// <summary>Which entries are there for who comes back: all after the first number, up to the second; and how many more there may be before them.</summary>
    public (ulong After, ulong Newest, int Left) RetainedSpan
    {
        get
        {
            lock (_lock)
                return (_retained.After, _newest.LastSequence, _retained.Left);
        }
    }

    /// <summary>Takes what lies before the retained entries, read from the log again. Does nothing if these no longer begin there.</summary>
    /// <param name="older">All entries after the one number and up to the other, in order; without reactions.</param>
    /// <param name="after">The sequence before the first of them.</param>
    /// <param name="until">The sequence after which all were retained.</param>
    public void Deepen(IReadOnlyList<LogEntry> older, ulong after, ulong until)
    {
        var omitted = OmissionsOf(older);
        lock (_lock)
            _retained.Deepen(older, omitted, after, until, Epoch);
    }

    /// <summary>What is left out of entries that were read from the log again.</summary>
    public IReadOnlyDictionary<ulong, Omission> OmissionsOf(IReadOnlyList<LogEntry> entries)
    {
        var sampling = NewSampling();
        var omitted = new Dictionary<ulong, Omission>();
        foreach (var entry in entries)
        {
            if (sampling.Omits(entry, Math.Max(Audience, ViewerCount), Effects.Current.CommentShare) is { } omission)
                omitted.Add(entry.Sequence, omission);
        }

        return omitted;
    }

    /// <summary>The newest frame: how far behind a viewer is.</summary>
    public Frame Newest
    {
        get
        {
            lock (_lock)
                return _newest;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _moved?.SetCanceled();
            _moved = null;
            _timer.Dispose();
            _newest.End();
        }
    }

    private RoomSampling NewSampling() => new(_creatorId, _options.MaxCommentsPerSecond);

    private void Remove_NeedsLock(Cursor name, string? deletedId)
    {
        _pending.RemoveAll(IsRemoved);
        _retained.RemoveAll(IsRemoved);

        bool IsRemoved(LogEntry entry) => Removals.NameOf(entry, Epoch) == name || (deletedId is not null && Removals.RestoredIn(entry) == deletedId);
    }

    /// <summary>Sends what waits now, or sees to it that it is sent when it is time.</summary>
    private void Schedule_NeedsLock()
    {
        if (_pending.IsEmpty && _reactions.IsEmpty)
            return;
        var now = _clock.GetTimestamp();
        var due = _atOnce ? now : Later(_flushedAt, Interval);
        if (_pending.IsEmpty && !_reactions.IsFull)
            due = Math.Max(due, ReactionsDue_NeedsLock);
        if (due <= now)
        {
            Flush_NeedsLock();
        }
        else if (_due is null || due < _due)
        {
            _due = due;
            _timer.Change(_clock.GetElapsedTime(now, due), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan Interval => Effects.Gathered(BatchInterval.For(ViewerCount, Pace));

    private WireMessage? Load_NeedsLock() =>
        _stream is null ? null : StreamLoadNotice.Of(_stream, Effects.Level, Interval, SamplingLimit.For(Math.Max(Audience, ViewerCount), _options.MaxCommentsPerSecond, Effects.Current.CommentShare));

    private static bool IsState(LogEntry entry) => entry.EventType is LogEventTypes.StreamCreated or LogEventTypes.StreamEnded or LogEventTypes.StreamSettings;

    private static LiveStream? StreamIn(LogEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Wire.LiveStream);
        }
        catch (JsonException)
        {
            // A newer version's: then nothing can be said of the stream.
            return null;
        }
    }

    private long ReactionsDue_NeedsLock => Later(_reactionsAt, ReactionSums.Interval);

    private long Later(long? timestamp, TimeSpan by) =>
        timestamp is { } then ? then + (long)(by.TotalSeconds * _clock.TimestampFrequency) : long.MinValue;

    private void OnTimer()
    {
        lock (_lock)
        {
            _due = null;
            if (!_closed)
                Schedule_NeedsLock();
        }
    }

    private void Flush_NeedsLock()
    {
        var now = _clock.GetTimestamp();
        if (!_reactions.IsEmpty && (_reactions.IsFull || ReactionsDue_NeedsLock <= now))
        {
            _pending.Add(_reactions.Take());
            _reactionsAt = now;
        }

        _flushedAt = now;
        _atOnce = false;
        foreach (var (entry, omission) in _pending.Entries)
            _retained.Add(entry, omission);
        var before = _newest;
        _newest = _pending.Take(before, Epoch, now);
        Sent?.Note(_newest);
        before.Link(_newest);
        // Reactions that were not due go out later, though nothing else may come.
        Schedule_NeedsLock();
    }
}
