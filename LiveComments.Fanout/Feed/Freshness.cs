using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.Feed;

/// <summary>
/// Tells when a room has everything that the log had a moment ago: whoever is let in after a comment's removal was
/// acknowledged must not be shown it, however late this node hears of the removal.
/// </summary>
/// <remarks>
/// The log is asked once for all who come meanwhile: those who came before it was asked share its answer, those who came
/// after that share the next one. So thousands who come at once cost a few questions.
/// </remarks>
sealed class Freshness(Room room, LogHandle log, StreamFeed feed, TimeProvider clock)
{
    // In a storm of joins the log is asked 200 times a second and no more, and nobody waits long for that.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // An entry comes by itself within a millisecond or two; later than this it was lost on the way, and is looked for in the log.
    private static readonly TimeSpan LostAfter = TimeSpan.FromMilliseconds(50);

    // So is a question or its answer.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);

    // A room that catches up after an outage is waited for, rather than to send its viewers away; a page gives up after 10 s.
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(8);

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Returns when the room has all that the stream's log had when this was called.</summary>
    /// <exception cref="TimeoutException">The log does not answer, or what it has doesn't come.</exception>
    /// <exception cref="OperationCanceledException">The room closed meanwhile, or the caller gave up.</exception>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        Task answer;
        lock (_lock)
        {
            if (_running.IsCompleted && _next is null)
                answer = _running = LookAsync();
            else
                answer = _next ??= LookAfterAsync(_running, clock.GetTimestamp());
        }

        return answer.WaitAsync(cancellationToken);
    }

    private async Task LookAfterAsync(Task running, long since)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var rest = Pause - clock.GetElapsedTime(since);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, clock, CancellationToken.None);
        Task looking;
        lock (_lock)
        {
            // Who comes from here on is not among those whom the next answer is for.
            (_running, _next) = (looking = LookAsync(), null);
        }

        await looking;
    }

    private async Task LookAsync()
    {
        // Never on the caller's thread, which holds the lock.
        await Task.Yield();
        // Not the caller's token: others share the answer.
        using var unanswered = new CancellationTokenSource(LogConnection.RequestTimeout, clock);
        using var timeout = new CancellationTokenSource(CatchUpPatience, clock);
        try
        {
            if (await LastAsync(unanswered.Token) is not { } last)
                return;
            while (room.WhenAt(last.Sequence) is { IsCompletedSuccessfully: false } reached)
            {
                try
                {
                    await reached.WaitAsync(LostAfter, clock, timeout.Token);
                }
                catch (TimeoutException)
                {
                    feed.LookNow();
                }
            }
        }
        catch (OperationCanceledException exception) when (unanswered.IsCancellationRequested || timeout.IsCancellationRequested)
        {
            throw new TimeoutException("The log does not answer, or what it has does not come.", exception);
        }
    }

    private async Task<LogEntry?> LastAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var late = new CancellationTokenSource(AskAgainAfter, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                return await log.LastAsync(room.StreamId, either.Token);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is NatsException or TimeoutException or IOException && !cancellationToken.IsCancellationRequested)
            {
                // The connection has just broken; it is back within a second, as a rule, and nobody need be refused for that.
                await Task.Delay(AskAgainAfter, clock, cancellationToken);
            }
        }
    }
}
