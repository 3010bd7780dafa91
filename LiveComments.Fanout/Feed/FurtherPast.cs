using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Feed;

/// <summary>
/// Reads what lies before a room's retained entries, for viewers who come back from further away, and gives it to the room: once for
/// all of them.
/// </summary>
/// <remarks>
/// A node that dies sends all its viewers elsewhere within a second or two, to a room that has just been opened there and has no more
/// than a first sight of the stream. If each of them read the log for itself, nats-server would be busy with that alone, and
/// answer nobody else: not even whoever posts.
/// 1. One reading at a time; whoever comes meanwhile waits for it, and looks again.
/// 2. Each goes at least twice as far back as the room did before, so that a few are enough for however many cursors.
/// 3. What was too far for one is too far for all who come from there or from before that, and isn't looked for again.
/// </remarks>
sealed class FurtherPast(Room room, LogHandle log)
{
    private readonly Lock _lock = new();
    private Task _reading = Task.CompletedTask;
    private ulong _tooFar;

    /// <summary>Of the log that the room is filled from.</summary>
    public int Epoch => log.Epoch;

    /// <summary>Returns when the room has all entries after that one, or won't have them: they are more than <see cref="Limits.MaxResumeEvents"/>, or no longer in the log.</summary>
    /// <exception cref="OperationCanceledException">The log does not answer, or the caller gave up.</exception>
    public async Task ReachAsync(ulong sequence, CancellationToken cancellationToken)
    {
        while (room.RetainedSpan.After > sequence)
        {
            Task reading;
            lock (_lock)
            {
                if (sequence <= _tooFar && _reading.IsCompleted)
                    return;
                if (_reading.IsCompleted)
                    _reading = ReadAsync(sequence);
                reading = _reading;
            }

            await reading.WaitAsync(cancellationToken);
        }
    }

    private async Task ReadAsync(ulong wanted)
    {
        // Never on the caller's thread, which holds the lock.
        await Task.Yield();
        // Not the caller's token: others wait for the same.
        using var timeout = new CancellationTokenSource(LogConnection.RequestTimeout);
        var (after, newest, left) = room.RetainedSpan;
        // Entries leave the log after a time; whether some did since can't be told from what is left.
        await log.Stream.RefreshAsync(timeout.Token);
        var beginning = Math.Max(log.Stream.Info.State.FirstSeq, 1) - 1;
        if (left > 0 && wanted >= beginning)
        {
            var twice = Math.Max(after - Math.Min(after, newest - after), beginning);
            if (await TryAsync(Math.Min(wanted, twice)) || (twice < wanted && await TryAsync(wanted)))
                return;
        }

        lock (_lock)
            _tooFar = Math.Max(_tooFar, wanted);

        async Task<bool> TryAsync(ulong from)
        {
            if (await log.RangeAsync(room.StreamId, from + 1, after, left, entry => !Reactions.IsOne(entry), timeout.Token) is not { } older)
                return false;
            room.Deepen(older, from, after);
            return true;
        }
    }
}
