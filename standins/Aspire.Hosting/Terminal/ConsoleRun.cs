using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Terminal;

/// <summary>Runs an application in a terminal: starts it, tells the user what happens, and stops it on a signal.</summary>
internal static class ConsoleRun
{
    private const int FaultExitCode = 1;

    public static async Task RunAsync(DistributedApplication application, CancellationToken cancellationToken)
    {
        var host = application.Services.GetRequiredService<LocalHost>();
        var notifications = application.Services.GetRequiredService<ResourceNotificationService>();
        var model = application.Services.GetRequiredService<DistributedApplicationModel>();
        var terminal = new TerminalReport(notifications, model, host);
        host.Say = terminal.Line;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        using var signals = new StopSignals(stop, host, terminal);
        await using var parent = ParentWatch.Start(stop).ConfigureAwait(false);
        HostFaultException? fault = null;
        terminal.Begin();
        try
        {
            await application.StartAsync(stop.Token).ConfigureAwait(false);
            terminal.Started();
            _ = terminal.WatchAsync(stop.Token);
            var stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
            var first = await Task.WhenAny(host.Ready, host.Fault, stopped).ConfigureAwait(false);
            if (first == host.Ready && host.Ready.IsCompletedSuccessfully)
            {
                terminal.Ready();
                first = await Task.WhenAny(host.Fault, stopped).ConfigureAwait(false);
            }

            if (first == host.Fault)
                fault = await host.Fault.ConfigureAwait(false);
        }
        catch (HostFaultException failure)
        {
            fault = failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        terminal.Stopping(fault);
        await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
        if (fault is not null)
            Environment.ExitCode = FaultExitCode;
    }

    /// <summary>The first signal stops in order, a later one at once.</summary>
    private sealed class StopSignals : IDisposable
    {
        // One Ctrl-C or one stop by "timeout" may arrive twice: from the terminal and handed on by the parent.
        private static readonly TimeSpan SameWish = TimeSpan.FromSeconds(1);

        private readonly PosixSignalRegistration[] _registrations;
        private long _first;

        public StopSignals(CancellationTokenSource stop, LocalHost host, TerminalReport terminal) => _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                var now = TimeProvider.System.GetTimestamp();
                var first = Interlocked.CompareExchange(ref _first, now, 0);
                if (first != 0 && TimeProvider.System.GetElapsedTime(first, now) > SameWish)
                {
                    terminal.Line("Killing what is still running.");
                    host.Hurry();
                }

                if (!stop.IsCancellationRequested)
                    stop.Cancel();
            })),
        ];

        public void Dispose()
        {
            foreach (var registration in _registrations)
                registration.Dispose();
        }
    }
}
