using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveComments.ServiceDefaults.Shutdown;

/// <summary>
/// Between SIGTERM and the end: everything goes on, but the service is not ready any more, and closes each connection with its next answer. So nobody's
/// request meets a closed door.
/// </summary>
/// <remarks>
/// 1. SIGTERM: <c>/health</c> says no, and answers say <c>Connection: close</c>. New connections are accepted all the while.
/// 2. When the time is over the web server closes its listening sockets, waits for requests in flight, and only then do the parts stop that these need.
/// </remarks>
sealed partial class Lingering(IOptions<ShutdownOptions> options, IHostEnvironment environment, TimeProvider clock, ILogger<Lingering> logger) : IHostedLifecycleService
{
    private readonly TimeSpan _linger = options.Value.Linger ?? (environment.IsDevelopment() ? TimeSpan.Zero : ShutdownOptions.DefaultLinger);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_linger == TimeSpan.Zero)
            return;
        Lingers(_linger.TotalSeconds);
        await Task.Delay(_linger, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Told to stop: not ready from now on, and still serving for {Seconds:0.#} s.")]
    private partial void Lingers(double seconds);
}
