namespace LiveComments.Fanout.Connections;

/// <summary>
/// How fast connections are accepted: no faster than those are served who have been. Whoever waits to be accepted waits in
/// the kernel, costs nothing there, and takes no processor from those who are watching.
/// </summary>
/// <param name="clock">Pauses.</param>
/// <param name="waitingWork">How much waits for a thread of the pool.</param>
sealed class JoinPace(TimeProvider clock, Func<long> waitingWork)
{
    // A join is ten or so pieces of work one after another, a tenth of a millisecond all in all: some milliseconds' worth.
    private const int MostWaiting = 128;

    // About as long as a thread needs for as many.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // Health probes come by the same door: a node that is too busy answers slowly, but it answers.
    private const int MostPauses = 50;

    /// <summary>Of this process's thread pool, which works in real time whatever clock the rest goes by.</summary>
    public static JoinPace OfThisProcess() => new(TimeProvider.System, () => ThreadPool.PendingWorkItemCount);

    /// <summary>Completes when the next connection may be accepted.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        for (var pauses = 0; pauses < MostPauses && waitingWork() > MostWaiting; pauses++)
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
