using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports;

/// <summary>
/// One viewer over server-sent events, by the simple way: await the next frame, write its bytes to the pipe. It works
/// under TLS and HTTP/2 alike, and is what a faster way is tested against.
/// </summary>
sealed class SseViewer(Room room, PipeWriter output, TimeProvider clock, DateTimeOffset validUntil)
{
    public const string Transport = "sse";

    /// <summary>Who is this far behind is closed: it resumes by its cursor, and holds no memory meanwhile.</summary>
    private const long MaxLagBytes = 1024 * 1024;
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(5);

    // How long a browser waits before it reconnects; spread out at shutdown, so that not all come at once.
    private const int RetryMs = 2_000;
    private const int MaxShutdownRetryMs = 8_000;

    private static readonly byte[] Heartbeat = ": \n\n"u8.ToArray();

    /// <summary>Runs until the viewer leaves, lags too far, its token ends, or this node stops.</summary>
    public async Task<CloseReason> RunAsync(Frame at, Catchup catchup, CancellationToken left, CancellationToken stopping)
    {
        try
        {
            WriteStart(at, catchup);
            await FlushAsync(left);
            var seen = Math.Max(at.LastSequence, catchup.After ?? 0);
            while (true)
            {
                // Looked at with each frame, and each heartbeat when there is none: a timer of its own would cost every viewer memory.
                if (clock.GetUtcNow() >= validUntil)
                {
                    output.Write(SseEncoding.EncodeError(ErrorCodes.TokenExpired, "Your token has expired. Come back with a new one.", retryable: false).Span);
                    await FlushAsync(left);
                    return CloseReason.Expired;
                }

                if (await NextAsync(at, left, stopping) is not { } frame)
                {
                    output.Write(Heartbeat);
                }
                else
                {
                    at = frame;
                    WriteUnseen(frame, seen);
                    seen = Math.Max(seen, frame.LastSequence);
                }

                await FlushAsync(left);
                if (Lags(at))
                    return CloseReason.TooSlow;
            }
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            return CloseReason.Left;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            var retryMs = Random.Shared.Next(RetryMs / 2, MaxShutdownRetryMs);
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {retryMs}\n\n"), output);
            return CloseReason.Shutdown;
        }
        catch (OperationCanceledException) when (at.Next.IsCanceled)
        {
            return CloseReason.RoomClosed;
        }
        catch (OperationCanceledException)
        {
            return CloseReason.TooSlow;
        }
    }

    private void WriteStart(Frame at, Catchup catchup)
    {
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {RetryMs}\n\n"), output);
        if (catchup.Reset is { } reason)
            output.Write(SseEncoding.EncodeReset(room.StreamId, reason).Span);
        if (catchup.Entries.Count > 0)
            output.Write(SseEncoding.Encode(room.StreamId, room.Epoch, catchup.Entries, catchup.After, isBackfill: true).Span);
        else if (catchup.After is null)
            output.Write(SseEncoding.EncodeEmptyBackfill(room.StreamId, room.Epoch, at.LastSequence).Span);
    }

    private void WriteUnseen(Frame frame, ulong seen)
    {
        if (frame.PreviousSequence >= seen)
        {
            output.Write(frame.Sse.Span);
            return;
        }

        // It came from a node that was a little ahead: only what it has not seen there.
        var unseen = frame.Entries.Where(entry => entry.Sequence > seen).ToList();
        if (unseen.Count > 0)
            output.Write(SseEncoding.Encode(room.StreamId, room.Epoch, unseen, seen, isBackfill: false).Span);
    }

    /// <summary>Null when nothing came for a heartbeat's time.</summary>
    private async Task<Frame?> NextAsync(Frame at, CancellationToken left, CancellationToken stopping)
    {
        if (at.Next.IsCompletedSuccessfully)
            return await at.Next;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(left, stopping);
        try
        {
            return await at.Next.WaitAsync(Limits.HeartbeatInterval, clock, either.Token);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task FlushAsync(CancellationToken left)
    {
        // A reader that takes nothing for this long is as good as gone.
        var flush = output.FlushAsync(left);
        var result = flush.IsCompletedSuccessfully ? flush.Result : await FlushSlowlyAsync(flush, left);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException(left);
    }

    private async Task<FlushResult> FlushSlowlyAsync(ValueTask<FlushResult> flush, CancellationToken left)
    {
        using var timeout = new CancellationTokenSource(MaxLag, clock);
        await using var registration = timeout.Token.Register(output.CancelPendingFlush);
        var result = await flush;
        left.ThrowIfCancellationRequested();
        return result;
    }

    private bool Lags(Frame at)
    {
        var newest = room.Newest;
        return newest.BytesBefore - at.BytesBefore > MaxLagBytes
            || (newest != at && at.Next is { IsCompletedSuccessfully: true } next && clock.GetElapsedTime(next.GetAwaiter().GetResult().CreatedAt) > MaxLag);
    }
}
