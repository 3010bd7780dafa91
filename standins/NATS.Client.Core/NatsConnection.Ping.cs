using System.Diagnostics;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>Pings: the caller's, and the regular ones that find a server which no longer answers.</summary>
public partial class NatsConnection
{
    // Answers come in the order of the pings; a regular ping waits for nobody and has no entry's source.
    private readonly Queue<TaskCompletionSource?> _pings = new();
    private int _unanswered;

    /// <summary>The time of a round trip. Behind it, the server has read everything that was published before.</summary>
    public async ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        if (_state != NatsConnectionState.Open)
            await ConnectAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await SendPingAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void OnPong()
    {
        Interlocked.Exchange(ref _unanswered, 0);
        lock (_pings)
        {
            if (_pings.TryDequeue(out var ping))
                ping?.TrySetResult();
        }
    }

    private async Task<TimeSpan> SendPingAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var ping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WritePing(ping);
        await ping.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(started);
    }

    private void WritePing(TaskCompletionSource? ping)
    {
        lock (_pings)
        {
            _pings.Enqueue(ping);
            _outgoing.WriteControl("PING\r\n"u8);
        }
    }

    private void CancelPings()
    {
        lock (_pings)
            CancelPings_NeedsLock();
    }

    // Together: a ping whose command is dropped with the old session must not wait for an answer, or all later answers
    // would go to the ping before.
    private void RestartOutgoing(ReadOnlySpan<byte> preamble)
    {
        lock (_pings)
        {
            CancelPings_NeedsLock();
            _outgoing.Restart(preamble);
        }
    }

    private void CancelPings_NeedsLock()
    {
        while (_pings.TryDequeue(out var ping))
            ping?.TrySetCanceled();
    }

    private async Task PingRegularlyAsync(ServerSession session, CancellationToken cancellationToken)
    {
        if (Opts.PingInterval <= TimeSpan.Zero)
            return;
        Interlocked.Exchange(ref _unanswered, 0);
        using var timer = new PeriodicTimer(Opts.PingInterval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Interlocked.Increment(ref _unanswered) > Opts.MaxPingOut)
                {
                    session.Abort();
                    return;
                }

                WritePing(null);
            }
        }
        catch (OperationCanceledException)
        {
            // The session has ended.
        }
    }
}
