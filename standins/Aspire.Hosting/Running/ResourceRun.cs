using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using LiveComments.Machine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>The life of one resource: wait, start, be watched, end. When it is started again, that is another life of the same.</summary>
internal sealed class ResourceRun
{
    public const string PidProperty = "executable.pid";

    // A service drains its viewers before it ends; a server writes out what it holds.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly IServiceProvider _services;
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceEnvironment _environment;
    private readonly IDistributedApplicationEventing _eventing;
    private readonly TimeProvider _time;
    private readonly Func<LocalServer, IResource, ServerStart> _serverStart;
    private readonly Watchdog _watchdog;
    private ChildProcess? _process;
    private volatile bool _stopping;
    private Task _life = Task.CompletedTask;

    public ResourceRun(IResource resource, IServiceProvider services, Watchdog watchdog, Func<LocalServer, IResource, ServerStart> serverStart)
    {
        Resource = resource;
        _services = services;
        _watchdog = watchdog;
        _serverStart = serverStart;
        _notifications = services.GetRequiredService<ResourceNotificationService>();
        _environment = new(services.GetRequiredService<DistributedApplicationExecutionContext>(), services.GetRequiredService<ResourceLoggerService>());
        _eventing = services.GetRequiredService<IDistributedApplicationEventing>();
        _time = services.GetRequiredService<TimeProvider>();
        Log = services.GetRequiredService<ResourceLoggerService>().Log(resource.Name);
    }

    public IResource Resource { get; }

    public ResourceLog Log { get; }

    public LocalServer? Server => Resource.Annotations.OfType<LocalServer>().LastOrDefault();

    /// <summary>Projects and executables stop before the servers that they use.</summary>
    public bool IsServer => Server is not null;

    /// <summary>Somebody asked it to stop; it did not end by itself.</summary>
    public bool WasStopped => _stopping;

    /// <summary>Begins a life; the one before must have ended.</summary>
    public void Begin(Func<Task> life)
    {
        _stopping = false;
        _life = Task.Run(life, CancellationToken.None);
    }

    /// <summary>Completes when nothing of its last life runs any more.</summary>
    public Task EndedAsync() => _life;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Resource.Annotations.OfType<WaitAnnotation>().Any())
                await SetStateAsync(KnownResourceStates.Waiting).ConfigureAwait(false);
            await _notifications.WaitForDependenciesAsync(Resource, cancellationToken).ConfigureAwait(false);
            if (Resource is IResourceWithParent child)
                await _notifications.WaitForResourceHealthyAsync(child.Parent.Name, cancellationToken).ConfigureAwait(false);

            await SetStateAsync(KnownResourceStates.Starting).ConfigureAwait(false);
            await _eventing.PublishAsync(new BeforeResourceStartedEvent(Resource, _services), cancellationToken).ConfigureAwait(false);
            if (await LaunchAsync(cancellationToken).ConfigureAwait(false) is { } launch)
                _process = await StartAsync(launch).ConfigureAwait(false);
            await RunningAsync().ConfigureAwait(false);
            await WatchAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (DistributedApplicationException fault)
        {
            await FailAsync(fault.Message).ConfigureAwait(false);
            if (fault is HostFaultException)
                throw;
        }
    }

    public async Task StopAsync(CancellationToken hurry)
    {
        if (_process is not { } process || process.Exited.IsCompleted)
            return;
        _stopping = true;
        await SetStateAsync(KnownResourceStates.Stopping).ConfigureAwait(false);
        await process.StopAsync(Server?.StopSignal ?? ProcessSignal.Terminate, Grace, _time, hurry).ConfigureAwait(false);
        await ExitedAsync(await process.Exited.ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<Launch?> LaunchAsync(CancellationToken cancellationToken)
    {
        if (Server is { } server)
            return await server.PrepareAsync(_serverStart(server, Resource), cancellationToken).ConfigureAwait(false);
        switch (Resource)
        {
            case ProjectResource:
                var project = Resource.Annotations.OfType<BuiltProject>().Last();
                return await LaunchAsync(DotnetProgram.Path, [project.RequireOutput()], Path.GetDirectoryName(project.ProjectPath)!, cancellationToken).ConfigureAwait(false);
            case ExecutableResource executable:
                var program = DotnetProgram.Resolve(executable.Command, executable.WorkingDirectory)
                    ?? throw new HostFaultException($"The program '{executable.Command}' of '{Resource.Name}' is neither on the PATH nor in {executable.WorkingDirectory}; install it.");
                return await LaunchAsync(program, [], executable.WorkingDirectory, cancellationToken).ConfigureAwait(false);
            case ContainerResource:
                throw new HostFaultException($"'{Resource.Name}' is a container, and the local host runs none; use the real packages for it (-p:DependencySource=packages).");
            default:
                return null;
        }
    }

    private async Task<Launch> LaunchAsync(string program, string[] first, string folder, CancellationToken cancellationToken)
    {
        var (all, own) = await _environment.VariablesAsync(Resource, cancellationToken).ConfigureAwait(false);
        var arguments = await _environment.ArgumentsAsync(Resource, cancellationToken).ConfigureAwait(false);
        var mask = _services.GetRequiredService<SecretMask>();
        await _notifications.PublishUpdateAsync(Resource, snapshot => snapshot with
        {
            EnvironmentVariables = [.. own.OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(variable => new EnvironmentVariableSnapshot(variable.Key, mask.Apply(variable.Value), IsFromSpec: true))],
        }).ConfigureAwait(false);
        return new(program, [.. first, .. arguments], folder, all);
    }

    private async Task<ChildProcess> StartAsync(Launch launch)
    {
        if (!Directory.Exists(launch.WorkingFolder))
            throw new HostFaultException($"The folder {launch.WorkingFolder}, where '{Resource.Name}' should run, does not exist.");
        try
        {
            return await ChildProcess.StartAsync(launch, _watchdog, (text, isError) => Log.Add(text, isError)).ConfigureAwait(false);
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new HostFaultException($"'{Resource.Name}' can't be started: {fault.Message}", fault);
        }
    }

    private Task RunningAsync() => _notifications.PublishUpdateAsync(Resource, snapshot => snapshot with
    {
        State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
        StartTimeStamp = _time.GetUtcNow().UtcDateTime,
        StopTimeStamp = null,
        ExitCode = null,
        // Healthy again only when it has been found so again.
        IsReady = false,
        Urls = ResourceUrls.Of(Resource),
        Properties = _process is null ? snapshot.Properties : [new ResourcePropertySnapshot(PidProperty, _process.Id.ToString(CultureInfo.InvariantCulture))],
        HealthReports = [.. Resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => new HealthReportSnapshot(check.Key, null, null, null))],
    });

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new HealthWatch(_services.GetRequiredService<HealthCheckService>(), _notifications, _time);
        var health = watch.RunAsync(Resource, ReadyAsync, ended.Token);
        if (_process is null)
        {
            await health.ConfigureAwait(false);
            return;
        }

        var first = await Task.WhenAny(_process.Exited, health).ConfigureAwait(false);
        if (first == health)
            await health.ConfigureAwait(false);
        var exitCode = await _process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await health.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stopping)
            await ExitedAsync(exitCode).ConfigureAwait(false);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await _eventing.PublishAsync(new ResourceReadyEvent(Resource, _services), cancellationToken).ConfigureAwait(false);
        await _notifications.PublishUpdateAsync(Resource, snapshot => snapshot with { IsReady = true }).ConfigureAwait(false);
    }

    private async Task ExitedAsync(int exitCode)
    {
        await _notifications.PublishUpdateAsync(Resource, snapshot => snapshot with
        {
            State = exitCode == 0 || _stopping ? new(KnownResourceStates.Finished, KnownResourceStateStyles.Info) : new(KnownResourceStates.Exited, KnownResourceStateStyles.Error),
            ExitCode = exitCode,
            IsReady = false,
            StopTimeStamp = _time.GetUtcNow().UtcDateTime,
            Urls = [.. snapshot.Urls.Select(url => url with { IsInactive = true })],
            Properties = [.. snapshot.Properties.Where(property => property.Name != PidProperty)],
        }).ConfigureAwait(false);
        if (_notifications.TryGetCurrentState(Resource.Name, out var now))
            await _eventing.PublishAsync(new ResourceStoppedEvent(Resource, _services, now)).ConfigureAwait(false);
    }

    private Task FailAsync(string why)
    {
        Log.Add($"Not started: {why}", isError: true);
        return SetStateAsync(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error);
    }

    private Task SetStateAsync(string text, string? style = null) =>
        _notifications.PublishUpdateAsync(Resource, snapshot => snapshot with { State = new(text, style) });
}
