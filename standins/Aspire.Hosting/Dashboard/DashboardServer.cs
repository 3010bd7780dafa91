using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Telemetry;
using Aspire.Hosting.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>A page on the loopback address with the resources, their states, logs, metrics and traces.</summary>
internal sealed class DashboardServer(
    ResourceNotificationService notifications, ResourceLoggerService loggers, DistributedApplicationModel model, ResourceCommandService commands, TraceStore traces, MetricStore metrics) : IAsyncDisposable
{
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
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = SilentLifetime.StopTimeout);
        builder.Logging.ClearProviders();
        // Loopback only: logs are nobody else's business.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var web = builder.Build();
        web.Use(_door.GuardAsync);
        DashboardPage.Map(web);
        new DashboardFeed(notifications, loggers, model, commands, _closing.Token).Map(web);
        new DashboardTelemetry(traces, metrics).Map(web);
        new DashboardActions(commands, model).Map(web);
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
}
