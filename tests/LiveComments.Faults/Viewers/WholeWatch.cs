using LiveComments.Contracts;
using LiveComments.Faults.Load;

namespace LiveComments.Faults.Viewers;

/// <summary>
/// Watches over who lacks what: a viewer is whole while it has everything that was acknowledged more than a second ago. After a
/// fault it says when each was whole again.
/// </summary>
sealed class WholeWatch : IAsyncDisposable
{
    /// <summary>What delivery may take without anybody calling it late: gathering, and a busy machine.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Viewer> _viewers;
    private readonly Authors _authors;
    private readonly TimeProvider _clock;
    private readonly Queue<(long At, int Epoch, ulong[] Acknowledged)> _past = new();
    private readonly long[] _lastLacking;
    private readonly int _streams;
    private readonly Task _watching;
    private int _lacking;

    public WholeWatch(Audience audience, Authors authors, int streams, TimeProvider clock)
    {
        (_viewers, _authors, _streams, _clock) = (audience.Viewers, authors, streams, clock);
        _lastLacking = new long[_viewers.Count];
        _watching = WatchAsync();
    }

    /// <summary>How many lack something now.</summary>
    public int Lacking => Volatile.Read(ref _lacking);

    /// <summary>Per viewer, sorted: how long after that moment it last lacked something; zero for whom it never did.</summary>
    public TimeSpan[] LackedAfter(long moment) =>
        [.. _lastLacking.Select(last => last > moment ? _clock.GetElapsedTime(moment, last) : TimeSpan.Zero).Order()];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var beat = new PeriodicTimer(Beat, _clock);
        (int Epoch, ulong[] Acknowledged) due = (0, new ulong[_streams]);
        try
        {
            while (await beat.WaitForNextTickAsync(_stop.Token))
            {
                var now = _clock.GetTimestamp();
                _past.Enqueue((now, _authors.Epoch, [.. Enumerable.Range(0, _streams).Select(_authors.AcknowledgedOn)]));
                while (_past.TryPeek(out var oldest) && _clock.GetElapsedTime(oldest.At, now) > Grace)
                {
                    due = (oldest.Epoch, oldest.Acknowledged);
                    _past.Dequeue();
                }

                var lacking = 0;
                for (var viewer = 0; viewer < _viewers.Count; viewer++)
                {
                    var needed = new Cursor(due.Epoch, due.Acknowledged[_viewers[viewer].Stream]);
                    if (needed.Sequence == 0 || _viewers[viewer].Position is { } position && position >= needed)
                        continue;
                    lacking++;
                    Volatile.Write(ref _lastLacking[viewer], now);
                }

                Volatile.Write(ref _lacking, lacking);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}
