using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>Where a viewer enters a room: what to send first, and the frame after which it goes on.</summary>
/// <param name="At">The newest frame at the moment of entering.</param>
/// <param name="Retained">The newest entries up to that frame, oldest first.</param>
/// <param name="RetainedAfter">Entries after this sequence are all in <paramref name="Retained"/>.</param>
readonly record struct Entrance(Frame At, IReadOnlyList<LogEntry> Retained, ulong RetainedAfter);

/// <summary>One live stream's viewers on this node: gathers entries into frames and chains these.</summary>
sealed class Room : IDisposable
{
    /// <summary>Entries kept for viewers who come or come back: what a resume may ask for.</summary>
    private const int MaxRetained = Limits.MaxResumeEvents;

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private Queue<LogEntry> _retained;
    private readonly List<LogEntry> _pending = [];
    private Frame _newest;
    private ulong _retainedAfter;
    private ulong _newestSequence;
    private long _flushedAt;
    private bool _timerRuns;
    private bool _closed;

    /// <param name="streamId">The stream.</param>
    /// <param name="epoch">Of its log.</param>
    /// <param name="past">The newest entries so far, never empty.</param>
    /// <param name="pastIsWhole">True when <paramref name="past"/> goes back to the stream's first entry.</param>
    /// <param name="clock">Decides when a batch goes out.</param>
    public Room(string streamId, int epoch, IReadOnlyList<LogEntry> past, bool pastIsWhole, TimeProvider clock)
    {
        (StreamId, Epoch, _clock) = (streamId, epoch, clock);
        _retained = new Queue<LogEntry>(Removals.Apply(past, epoch).Where(entry => !Reactions.IsOne(entry)));
        // What lies right before the first kept entry is unknown, so a cursor must be at that entry or after it.
        _retainedAfter = pastIsWhole ? 0 : past[0].Sequence;
        _newest = new Frame(0, clock.GetTimestamp(), 0, past[^1].Sequence, [], default);
        _newestSequence = past[^1].Sequence;
        _flushedAt = long.MinValue;
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string StreamId { get; }

    public int Epoch { get; }

    public BatchOptions Pace { get; init; } = BatchOptions.Default;

    /// <summary>How many are in the room; decides the pace of batches.</summary>
    public int ViewerCount { get; set; }

    /// <summary>
    /// Takes the next entry. The first after a quiet spell goes out at once, later ones wait for the interval; a removal
    /// waits for nothing and takes what waited along. A reaction passes by: it is no event to resume from. Who comes or comes back later doesn't get what was removed.
    /// </summary>
    public void Add(LogEntry entry)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            if (entry.Sequence <= _newestSequence)
                throw new InvalidDataException($"Room {StreamId} went from {_newestSequence} to {entry.Sequence}.");
            _newestSequence = entry.Sequence;
            if (Reactions.IsOne(entry))
                return;
            _pending.Add(entry);
            if (entry.EventType == LogEventTypes.CommentDeleted)
            {
                if (Removals.TargetOf(entry) is { } removed)
                {
                    _pending.RemoveAll(waiting => Removals.NameOf(waiting, Epoch) == removed);
                    _retained = new Queue<LogEntry>(_retained.Where(kept => Removals.NameOf(kept, Epoch) != removed));
                }

                Flush_NeedsLock();
                return;
            }

            if (_timerRuns)
                return;
            var interval = BatchInterval.For(ViewerCount, Pace);
            var quiet = _flushedAt == long.MinValue ? interval : _clock.GetElapsedTime(_flushedAt);
            if (quiet >= interval)
            {
                Flush_NeedsLock();
            }
            else
            {
                _timerRuns = true;
                _timer.Change(interval - quiet, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public Entrance Enter()
    {
        lock (_lock)
            return new Entrance(_newest, [.. _retained], _retainedAfter);
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
            _timer.Dispose();
            _newest.End();
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerRuns = false;
            if (!_closed && _pending.Count > 0)
                Flush_NeedsLock();
        }
    }

    private void Flush_NeedsLock()
    {
        LogEntry[] entries = [.. _pending];
        _pending.Clear();
        _flushedAt = _clock.GetTimestamp();
        var previous = _newest.LastSequence;
        var frame = new Frame(
            _newest.Number + 1, _flushedAt, _newest.BytesBefore + _newest.Sse.Length, previous, entries,
            SseEncoding.Encode(StreamId, Epoch, entries, previous, isBackfill: false));
        foreach (var entry in entries)
        {
            _retained.Enqueue(entry);
            if (_retained.Count > MaxRetained)
                _retainedAfter = _retained.Dequeue().Sequence;
        }

        var before = _newest;
        _newest = frame;
        before.Link(frame);
    }
}
