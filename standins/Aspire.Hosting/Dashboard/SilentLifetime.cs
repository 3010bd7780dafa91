using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard's servers live and end with the host, and say nothing about it.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    // An open log stream ends with the host, not the other way round.
    public static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(200);

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
