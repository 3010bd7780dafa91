using LiveComments.Contracts;
using LiveComments.Gateway.Routing;
using LiveComments.ServiceDefaults.Problems;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Draining;

/// <summary>
/// Ends the live connections that go YARP's way when this gateway stops: WebSockets, polls, and streams that can't be passed on as bytes. They would
/// hold it up until the host's patience is over. A poll is told to ask again; the others break, and their clients come back with their cursors.
/// </summary>
sealed class LiveDrain : IDisposable
{
    // As the relay's: so that viewers don't all come back at once.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private const int Slices = 40;

    // So many may come back at once, and nobody notices.
    private const int Few = 500;

    private const string RetrySeconds = "1";

    private readonly CancellationTokenSource[] _slices = [.. Enumerable.Range(0, Slices).Select(_ => new CancellationTokenSource())];
    private readonly CancellationTokenRegistration _stopping;
    private readonly TimeProvider _clock;
    private uint _turn;
    private int _open;

    public LiveDrain(IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        _clock = clock;
        _stopping = lifetime.ApplicationStopping.Register(() => _ = DrainAsync());
    }

    /// <summary>Goes right before YARP forwards.</summary>
    public async Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        if (context.GetReverseProxyFeature().Cluster.Config.ClusterId != ProxyRoutes.FanoutCluster)
        {
            await next();
            return;
        }

        var turn = _slices[Interlocked.Increment(ref _turn) % Slices].Token;
        if (turn.IsCancellationRequested)
        {
            await RefuseAsync(context);
            return;
        }

        var left = context.RequestAborted;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(left, turn);
        Interlocked.Increment(ref _open);
        try
        {
            context.RequestAborted = ending.Token;
            await next();
        }
        finally
        {
            context.RequestAborted = left;
            Interlocked.Decrement(ref _open);
        }

        if (turn.IsCancellationRequested && !left.IsCancellationRequested && !context.Response.HasStarted)
            await RefuseAsync(context);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        foreach (var slice in _slices)
            slice.Dispose();
    }

    private async Task DrainAsync()
    {
        var pause = Volatile.Read(ref _open) <= Few ? TimeSpan.Zero : Longest / Slices;
        foreach (var slice in _slices)
        {
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, _clock, CancellationToken.None);
            await slice.CancelAsync();
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetrySeconds;
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "This gateway stops; come back, and resume.", retryable: true).ExecuteAsync(context);
    }
}
