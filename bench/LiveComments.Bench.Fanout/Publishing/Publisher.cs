using LiveComments.Bench.Common.Sockets;
using LiveComments.Bench.Fanout.Targets;

namespace LiveComments.Bench.Fanout.Publishing;

/// <summary>
/// Publishes at a stated rate: comments fall due at even moments, and latency counts from the moment a comment was due.
/// One is published when the one before is acknowledged, so that all servers have them in the order of their numbers;
/// a server that stalls is charged with every comment that waited meanwhile.
/// </summary>
sealed class Publisher(Target target, CommentMaker comments, TimeProvider clock)
{
    // How soon it notices that it shall stop.
    private static readonly TimeSpan MaxNap = TimeSpan.FromMilliseconds(50);

    private Task _running = Task.CompletedTask;
    private volatile bool _stopped;

    /// <summary>The number of the newest comment that was published.</summary>
    public long Last { get; private set; }

    public void Start(int perSecond)
    {
        _stopped = false;
        _running = Task.Run(() => RunAsync(perSecond));
    }

    /// <summary>Returns when everything published is acknowledged, or throws what went wrong.</summary>
    public Task StopAsync()
    {
        _stopped = true;
        return _running;
    }

    private async Task RunAsync(int perSecond)
    {
        // A wait of epoll is exact to some microseconds, a timer's to milliseconds.
        using var nap = new Epoll(1);
        var started = Stamp.NowMicroseconds;
        for (long sent = 0; !_stopped;)
        {
            var due = started + (sent * 1_000_000 / perSecond);
            var wait = TimeSpan.FromMicroseconds(due - Stamp.NowMicroseconds);
            if (wait > TimeSpan.Zero)
            {
                nap.Wait(wait < MaxNap ? wait : MaxNap);
                continue;
            }

            sent++;
            await target.PublishAsync(comments.Make(new Stamp(Last + 1, due), clock));
            Last++;
        }
    }
}
