using System.Buffers;
using System.IO.Pipelines;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports;

/// <summary>
/// One viewer over server-sent events, by the simple way: await the next frame, write its bytes to the pipe. It works
/// under TLS and HTTP/2 alike, and is what a faster way is tested against.
/// </summary>
sealed class SseViewer(Room room, PipeWriter output, User? viewer, DateTimeOffset validUntil, TimeSpan heartbeat, DeliveryLatency latency, TimeProvider clock)
{
    public const string Transport = "sse";

    /// <summary>A comment line: tells that the connection is alive.</summary>
    public static readonly byte[] Heartbeat = ": \n\n"u8.ToArray();

    /// <summary>What a viewer is told whose token has ended, before its stream does.</summary>
    public static readonly byte[] Expired =
        SseEncoding.Encode([MessageEncoding.Error(ErrorCodes.TokenExpired, "Your token has expired. Come back with a new one.", retryable: false)]).ToArray();

    /// <summary>The newest frame that was written, for who goes on there; null once it has been let go.</summary>
    public Frame? At { get; private set; }

    /// <summary>Another goes on: this one holds the frame no more, however long it lives.</summary>
    public Frame LetGo()
    {
        var at = At ?? throw new InvalidOperationException("Nothing was handed over.");
        At = null;
        return at;
    }

    /// <summary>
    /// Runs until the viewer leaves, lags too far, its token ends, or this node stops. With <paramref name="handOver"/> it ends, with
    /// null, as soon as the viewer has all of the room up to <see cref="At"/> and nothing else: another may go on there.
    /// </summary>
    public async Task<CloseReason?> RunAsync(Beginning beginning, CancellationToken left, CancellationToken stopping, bool handOver = false)
    {
        var walk = Begin(beginning);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(left, stopping);
        try
        {
            await FlushAsync(left);
            var sentAt = clock.GetTimestamp();
            while (!handOver || walk.Seen > walk.At.LastSequence)
            {
                // Looked at with each frame, and each heartbeat when there is none: a timer of its own would cost every viewer memory.
                if (clock.GetUtcNow() >= validUntil)
                {
                    output.Write(Expired);
                    await FlushAsync(left);
                    return CloseReason.Expired;
                }

                // Frames in which there is nothing for this viewer are no sign of life.
                var patience = heartbeat - clock.GetElapsedTime(sentAt);
                var frame = await walk.NextAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, ending.Token);
                var bytes = frame is null ? Heartbeat : walk.Own(frame) is { } own ? SseEncoding.Encode(own) : frame.Sse;
                if (!bytes.IsEmpty)
                {
                    output.Write(bytes.Span);
                    await FlushAsync(left);
                    sentAt = clock.GetTimestamp();
                }

                if (frame is not null)
                    latency.Delivered(frame);
                if (frame?.DismissalOf(viewer) is not null)
                    return CloseReason.Banned;
                if (walk.IsTooFarBehind)
                    return CloseReason.TooSlow;
            }

            At = walk.At;
            return null;
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            return CloseReason.Left;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            output.Write(SseRetry.AtShutdown());
            return CloseReason.Shutdown;
        }
        catch (OperationCanceledException) when (walk.At.Next.IsCanceled)
        {
            return CloseReason.RoomClosed;
        }
        catch (OperationCanceledException)
        {
            return CloseReason.TooSlow;
        }
    }

    /// <summary>Writes what comes before anything live. A method of its own: what the other one's variables hold is held as long as the viewer stays.</summary>
    private Walk Begin(Beginning beginning)
    {
        var (at, catchup) = beginning.Take();
        output.Write(SseRetry.AtStart);
        catchup.WriteSse(output, room, at, viewer);
        return new Walk(room, at, catchup, viewer, clock);
    }

    private async Task FlushAsync(CancellationToken left)
    {
        var flush = output.FlushAsync(left);
        var result = flush.IsCompletedSuccessfully ? flush.Result : await FlushSlowlyAsync(flush, left);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException(left);
    }

    private async Task<FlushResult> FlushSlowlyAsync(ValueTask<FlushResult> flush, CancellationToken left)
    {
        using var timeout = new CancellationTokenSource(SlowReaders.MaxLag, clock);
        await using var registration = timeout.Token.Register(output.CancelPendingFlush);
        var result = await flush;
        left.ThrowIfCancellationRequested();
        // Asked here as well, since the web server forgets to say that a flush was cancelled.
        timeout.Token.ThrowIfCancellationRequested();
        return result;
    }
}
