using LiveComments.Fanout.Transports;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Draining;

/// <summary>
/// Lets the viewers of a node that stops go, slice by slice, before anything else of it stops: rooms are fed and health is
/// answered until the last of them has left.
/// </summary>
/// <remarks>
/// 1. SIGTERM: the node is not ready any more, and lets nobody in.
/// 2. Slice by slice, viewers are told when to come back and are closed; <see cref="DrainSchedule"/> says when.
/// 3. When nobody is left, or after a grace for those who won't hear, the rooms close and the web server stops.
/// </remarks>
sealed partial class Drain : IHostedLifecycleService, IDisposable
{
    /// <summary>The longest that a drain may be set to take; with <see cref="Grace"/> it must fit into the host's shutdown time-out.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>For closes to be answered; a WebSocket client that doesn't is cut off sooner.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource[] _slices = [.. Enumerable.Range(0, DrainSchedule.Slices).Select(_ => new CancellationTokenSource())];
    private readonly NodeEnd _end;
    private readonly ViewerMetrics _viewers;
    private readonly TimeSpan _longest;
    private readonly TimeProvider _clock;
    private readonly ILogger<Drain> _logger;
    private Action<double>? _onShare;
    private uint _turn;

    public Drain(NodeEnd end, ViewerMetrics viewers, IOptions<LiveOptions> options, TimeProvider clock, ILogger<Drain> logger) =>
        (_end, _viewers, _longest, _clock, _logger) = (end, viewers, options.Value.Drain, clock, logger);

    /// <summary>For one viewer: cancelled when it has to leave. Viewers share these, so that they cost nothing.</summary>
    public CancellationToken Turn() => _slices[Interlocked.Increment(ref _turn) % (uint)_slices.Length].Token;

    /// <summary>For who looks after many viewers: told which share of those that it had at the beginning must have left.</summary>
    public void OnShare(Action<double> handler) => _onShare += handler;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // When it isn't a signal that stops us, nobody has said so yet.
        _end.Begin();
        var schedule = new DrainSchedule(_viewers.Open, _longest);
        Begins(_viewers.Open, schedule.Duration.TotalSeconds);
        var begun = _clock.GetTimestamp();
        for (var slice = 0; slice < _slices.Length; slice++)
        {
            var left = schedule.DueOf(slice) - _clock.GetElapsedTime(begun);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _slices[slice].CancelAsync();
            _onShare?.Invoke(DrainSchedule.ShareUntil(slice));
        }

        await _viewers.WhenNobodyIsLeft().WaitAsync(Grace, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Ends(_viewers.Open, _clock.GetElapsedTime(begun).TotalSeconds);
        _end.Complete();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var slice in _slices)
            slice.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "This node stops: {Viewers} viewers leave within {Seconds:0.0} s.")]
    private partial void Begins(long viewers, double seconds);

    [LoggerMessage(LogLevel.Information, "After {Seconds:0.0} s, {Viewers} viewers are left, who are cut off.")]
    private partial void Ends(long viewers, double seconds);
}
