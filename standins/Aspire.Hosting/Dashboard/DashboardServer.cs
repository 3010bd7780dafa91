using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>A page on the loopback address with the resources, their states and their logs.</summary>
internal sealed class DashboardServer(ResourceNotificationService notifications, ResourceLoggerService loggers, DistributedApplicationModel model) : IAsyncDisposable
{
    // An open log stream ends with the host, not the other way round.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(200);

    private readonly DashboardDoor _door = new();
    private readonly CancellationTokenSource _closing = new();
    private WebApplication? _web;

    public int Port { get; private set; }

    public string Url => $"http://localhost:{Port}";

    /// <summary>The address that lets its reader in, once per browser.</summary>
    public string LoginUrl => $"{Url}/login?t={_door.Key}";

    public async Task StartAsync(int wishedPort, CancellationToken cancellationToken)
    {
        try
        {
            await ListenAsync(wishedPort == 0 ? FreePorts.Take() : wishedPort, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Taken, by the dashboard of another host perhaps.
            await ListenAsync(FreePorts.Take(), cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not { } web)
            return;
        _web = null;
        await _closing.CancelAsync().ConfigureAwait(false);
        await web.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task ListenAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(DashboardServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.Logging.ClearProviders();
        // Loopback only: logs are nobody else's business.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var web = builder.Build();
        web.Use(_door.GuardAsync);
        DashboardPage.Map(web);
        new DashboardFeed(notifications, loggers, model, _closing.Token).Map(web);
        try
        {
            await web.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _web = web;
        Port = port;
    }

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
