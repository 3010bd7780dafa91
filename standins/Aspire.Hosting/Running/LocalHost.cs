using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Telemetry;
using Aspire.Hosting.Eventing;
using LiveComments.Machine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Running;

/// <summary>Runs the resources of an application as processes of this machine.</summary>
/// <remarks>
/// 1. Everything that can fail for a reason of the user's (missing programs, taken ports, locked folders) is checked before anything starts.
/// 2. Then all resources run at once, each waiting for what it depends on.
/// 3. Stopping goes the other way: services first, then the servers that they use.
/// </remarks>
internal sealed class LocalHost(IServiceProvider services, DistributedApplicationModel model, HostSettings settings) : IHostedService, IAsyncDisposable
{
    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly IDistributedApplicationEventing _eventing = services.GetRequiredService<IDistributedApplicationEventing>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly TaskCompletionSource<HostFaultException> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<IResource, DataFolder> _data = [];
    private readonly Dictionary<ServerProgram, string> _programs = [];
    private readonly List<LogFile> _logFiles = [];
    private List<ResourceRun> _runs = [];
    private Watchdog? _watchdog;
    private OtlpReceiver? _receiver;
    private string? _throwAway;
    private bool _ended;

    /// <summary>Where lines for the user go.</summary>
    public Action<string> Say { get; set; } = _ => { };

    /// <summary>Everything that starts by itself is up and healthy.</summary>
    public Task Ready { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when something happened before readiness that makes going on pointless.</summary>
    public Task<HostFaultException> Fault => _fault.Task;

    public IReadOnlyList<ResourceRun> Runs => _runs;

    public string? LogFolder { get; private set; }

    public DashboardServer? Dashboard { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken).ConfigureAwait(false);
            await BeginAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => EndAsync();

    /// <summary>No more patience: what is still stopping is killed.</summary>
    public void Hurry() => _hurry.Cancel();

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _hurry.Dispose();
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/setsid"))
            throw new HostFaultException("The local host needs Linux with util-linux (setsid, setpriv); elsewhere use the real packages (-p:DependencySource=packages).");

        var mask = services.GetRequiredService<SecretMask>();
        var servers = model.Resources.SelectMany(resource => resource.Annotations.OfType<LocalServer>()).ToList();
        foreach (var parameter in model.Resources.OfType<ParameterResource>().Concat(servers.SelectMany(server => server.Secrets)).Distinct())
        {
            var value = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
            if (parameter.Secret)
                mask.Add(value);
        }

        var needed = servers.Select(server => server.Program).Distinct().ToList();
        try
        {
            var found = await ServerPrograms.FindOrInstallAsync(needed, Say, cancellationToken).ConfigureAwait(false);
            for (var index = 0; index < needed.Count; index++)
                _programs[needed[index]] = found[index];
        }
        catch (ServerProgramMissingException missing)
        {
            throw new HostFaultException(missing.Message, missing);
        }

        foreach (var project in model.Resources.SelectMany(resource => resource.Annotations.OfType<BuiltProject>()))
            project.RequireOutput();
        Endpoints.Allocate(model.Resources, settings.RandomizePorts);
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _watchdog = await Watchdog.StartAsync().ConfigureAwait(false);
        _throwAway = DataRoot.Make(Path.Combine(Path.GetTempPath(), $"livecomments-{Guid.NewGuid():N}"), DataRoot.OthersMayPass);
        _watchdog.Folder(_throwAway);
        foreach (var resource in model.Resources.Where(resource => resource.HasAnnotationOfType<LocalServer>()))
            _data[resource] = DataOf(resource);
        LogFolder = DataRoot.Make(LogPlace(), DataRoot.OwnerOnly);

        _runs = [.. model.Resources.Select(resource => new ResourceRun(resource, services, _watchdog, ServerStartOf))];
        foreach (var run in _runs)
            Attach(run);
        await _eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        foreach (var run in _runs)
            await AnnounceAsync(run.Resource, cancellationToken).ConfigureAwait(false);
        if (settings.DashboardPort is { } port)
        {
            if (string.IsNullOrEmpty(services.GetRequiredService<IConfiguration>()[OtlpEnvironment.Endpoint]))
            {
                _receiver = services.GetRequiredService<OtlpReceiver>();
                await _receiver.StartAsync(cancellationToken).ConfigureAwait(false);
                services.GetRequiredService<SecretMask>().Add(_receiver.Key);
            }

            Dashboard = services.GetRequiredService<DashboardServer>();
            await Dashboard.StartAsync(port, cancellationToken).ConfigureAwait(false);
        }

        var starting = _runs.Where(run => !run.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>()).ToList();
        Ready = Task.WhenAll(starting.Select(run => _notifications.WaitForResourceAsync(
            run.Resource.Name, update => ResourceNotificationService.IsHealthy(update.Snapshot) || update.Snapshot.State?.Text == KnownResourceStates.Finished, _stopping.Token)));
        foreach (var run in starting)
            run.Begin(() => LiveAsync(run));
    }

    /// <summary>Starts a resource that was not started, or has ended. Returns when its program runs, or why it does not.</summary>
    /// <exception cref="HostFaultException">It can't be started now.</exception>
    public async Task StartResourceAsync(string name, CancellationToken cancellationToken)
    {
        var run = RunOf(name);
        await run.EndedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_stopping.IsCancellationRequested)
            throw new HostFaultException("The host is stopping.");
        // Said before the wait below, which would take its last end for the answer.
        await _notifications.PublishUpdateAsync(run.Resource, snapshot => snapshot with { State = new(KnownResourceStates.Starting, null) }).ConfigureAwait(false);
        run.Begin(() => LiveAsync(run));
        var reached = await _notifications.WaitForResourceAsync(run.Resource.Name, update => update.Snapshot.State?.Text is { } state
            && (state == KnownResourceStates.Running || state == KnownResourceStates.Waiting || ResourceNotificationService.IsOver(update.Snapshot)), cancellationToken).ConfigureAwait(false);
        if (reached.Snapshot.State?.Text == KnownResourceStates.FailedToStart)
            throw new HostFaultException($"'{name}' did not start: {run.Log.Tail(1).Select(entry => entry.Text).FirstOrDefault()}");
    }

    /// <summary>Stops a resource as at the end, with its whole grace period. What uses it is left alone, as if it had died.</summary>
    public Task StopResourceAsync(string name, CancellationToken cancellationToken) => RunOf(name).StopAsync(_hurry.Token).WaitAsync(cancellationToken);

    private ResourceRun RunOf(string name) =>
        _runs.FirstOrDefault(run => string.Equals(run.Resource.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw new HostFaultException($"There is no resource '{name}' that runs.");

    private async Task LiveAsync(ResourceRun run)
    {
        try
        {
            await run.RunAsync(_stopping.Token).ConfigureAwait(false);
            // A server that ends before everything is up: nothing that uses it will ever start.
            if (run.Server is { } server && !_stopping.IsCancellationRequested && !run.WasStopped && !Ready.IsCompletedSuccessfully)
                _fault.TrySetResult(Ended(run, server));
        }
        catch (HostFaultException fault)
        {
            _fault.TrySetResult(fault);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception surprise)
        {
            _fault.TrySetResult(new HostFaultException($"'{run.Resource.Name}' can't be run: {surprise.Message}", surprise));
        }
    }

    private HostFaultException Ended(ResourceRun run, LocalServer server)
    {
        var lines = run.Log.Tail(50).Select(entry => entry.Text).ToList();
        var code = _notifications.TryGetCurrentState(run.Resource.Name, out var now) ? now.Snapshot.ExitCode : null;
        var data = _data[run.Resource];
        var advice = data.IsKept ? $" Its data is in {data.Path}: if that is damaged, move it away or delete it to start afresh." : "";
        return new($"'{run.Resource.Name}' ended with exit code {code} before it was ready{(server.Reason(lines) is { } reason ? $": {reason.Trim().TrimEnd('.')}" : "")}.{advice}");
    }

    private void Attach(ResourceRun run)
    {
        if (run.Resource is ParameterResource or IResourceWithParent or ConnectionStringResource)
            return;
        var file = new LogFile(Path.Combine(LogFolder!, run.Resource.Name + ".log"));
        _logFiles.Add(file);
        run.Log.SetSink(entry =>
        {
            file.Write(entry);
            if (run.Server is { } server && !Ready.IsCompleted && _data[run.Resource].IsKept && server.TellsDamage(entry.Text))
                _fault.TrySetResult(new($"The data of '{run.Resource.Name}' in {_data[run.Resource].Path} is damaged ({entry.Text.Trim()}); move the folder away or delete it to start afresh."));
        });
    }

    private async Task AnnounceAsync(IResource resource, CancellationToken cancellationToken)
    {
        await _notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = new(KnownResourceStates.NotStarted, null),
            Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(relation => new RelationshipSnapshot(relation.Resource.Name, relation.Type))],
            IsHidden = resource is ParameterResource or ConnectionStringResource,
        }).ConfigureAwait(false);
        if (resource.HasAnnotationOfType<EndpointAnnotation>())
            await _eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
        if (resource is IResourceWithConnectionString)
            await _eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken).ConfigureAwait(false);
    }

    private DataFolder DataOf(IResource resource)
    {
        // Which folder inside the container was meant says nothing here: a server has one data folder.
        var mount = resource.Annotations.OfType<ContainerMountAnnotation>().LastOrDefault(mount => !mount.IsReadOnly);
        return mount switch
        {
            { Type: ContainerMountType.Volume, Source: { } volume } => DataFolder.Kept(Path.Combine(DataRoot.Place, volume)),
            { Type: ContainerMountType.BindMount, Source: { } folder } => DataFolder.Kept(folder),
            _ => DataFolder.ThrowAway(Path.Combine(_throwAway!, resource.Name)),
        };
    }

    // Kept beside kept data, so that a crash can still be looked into tomorrow.
    private string LogPlace() => _data.Values.FirstOrDefault(folder => folder.IsKept) is { } kept
        ? Path.Combine(DataRoot.Make(DataRoot.Place, DataRoot.OthersMayPass), $"{services.GetRequiredService<IHostEnvironment>().ApplicationName.ToLowerInvariant()}-{services.GetRequiredService<IConfiguration>()["AppHost:Sha256"]![..10]}-logs")
        : Path.Combine(_throwAway!, "logs");

    private ServerStart ServerStartOf(LocalServer server, IResource resource) => new(
        _programs[server.Program], _data[resource], ((IResourceWithEndpoints)resource).GetEndpoints().First().Port, RunToEndAsync);

    private async Task<(int ExitCode, string Output)> RunToEndAsync(Launch launch, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        var process = await ChildProcess.StartAsync(launch, _watchdog!, (text, _) =>
        {
            lock (output)
                output.Add(text);
        }).ConfigureAwait(false);
        await using var stop = cancellationToken.Register(process.KillGroup).ConfigureAwait(false);
        var exitCode = await process.Exited.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        lock (output)
            return (exitCode, string.Join('\n', output));
    }

    private async Task EndAsync()
    {
        if (_ended)
            return;
        _ended = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        // A resource that is just being started is started to the end, or given up, before anything is stopped.
        await Task.WhenAll(_runs.Select(run => run.EndedAsync())).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_runs.Where(run => !run.IsServer).Select(run => run.StopAsync(_hurry.Token))).ConfigureAwait(false);
        await Task.WhenAll(_runs.Where(run => run.IsServer).Select(run => run.StopAsync(_hurry.Token))).ConfigureAwait(false);
        if (Dashboard is not null)
            await Dashboard.DisposeAsync().ConfigureAwait(false);
        if (_receiver is not null)
            await _receiver.DisposeAsync().ConfigureAwait(false);
        foreach (var file in _logFiles)
            file.Dispose();
        if (_watchdog is not null)
            await _watchdog.DisposeAsync().ConfigureAwait(false);
        foreach (var folder in _data.Values)
            folder.Dispose();
    }
}
