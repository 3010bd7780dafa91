using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The one place where the states of all resources are known and can be awaited. Thread-safe.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposed = new();

    internal ResourceNotificationService(TimeProvider time) => _time = time;

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.Name, stateFactory);

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_lock)
        {
            var old = _current.TryGetValue(resourceId, out var known) ? known.Snapshot : Initial(resource);
            var update = new ResourceEvent(resource, resourceId, stateFactory(old));
            _current[resourceId] = update;
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(update);
        }

        return Task.CompletedTask;
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
            return _current.TryGetValue(resourceId, out resourceEvent);
    }

    /// <summary>The present state of each resource, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        // Unbounded in form only: states change a few times a second at most, and whoever watches lives as long as the host.
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_lock)
        {
            foreach (var known in _current.Values)
                channel.Writer.TryWrite(known);
            _watchers.Add(channel);
        }

        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(either.Token).ConfigureAwait(false))
                yield return update;
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(resourceName, update => update.Snapshot.State is { } state && wanted.Contains(state.Text), cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var update in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(update.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(update))
                return update;
        }

        throw new OperationCanceledException($"The application ended before '{resourceName}' reached the state that was waited for.");
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <exception cref="DistributedApplicationException">The resource ended instead, and <paramref name="waitBehavior"/> is to stop then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(resourceName, update => IsHealthy(update.Snapshot)
            || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsOver(update.Snapshot)), cancellationToken).ConfigureAwait(false);
        return IsHealthy(reached.Snapshot) ? reached
            : throw new DistributedApplicationException($"'{resourceName}' will not become healthy: it is {StateText(reached.Snapshot)}.");
    }

    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().DistinctBy(wait => (wait.Resource, wait.WaitType));
        await Task.WhenAll(waits.Select(wait => WaitAsync(wait, cancellationToken))).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        lock (_lock)
        {
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        }

        _disposed.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static bool IsHealthy(CustomResourceSnapshot snapshot) =>
        snapshot.IsReady && snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy;

    internal static bool IsOver(CustomResourceSnapshot snapshot) => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    internal static string StateText(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { State.Text: var text, ExitCode: { } code } when text == KnownResourceStates.Exited => $"Exited ({code})",
        { State.Text: var text } => text,
        _ => "Unknown",
    };

    private async Task WaitAsync(WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var reached = await WaitForResourceAsync(name, update => IsMet(wait, update.Snapshot) || IsOver(update.Snapshot), cancellationToken).ConfigureAwait(false);
        if (!IsMet(wait, reached.Snapshot))
            throw new DistributedApplicationException($"it waits for '{name}', which is {StateText(reached.Snapshot)}");
    }

    private static bool IsMet(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => IsHealthy(snapshot),
        WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running || IsOver(snapshot),
        WaitType.WaitForCompletion => IsOver(snapshot) && snapshot.ExitCode == wait.ExitCode,
        _ => false,
    };

    private CustomResourceSnapshot Initial(IResource resource)
    {
        var type = resource.GetType().Name;
        return new CustomResourceSnapshot
        {
            ResourceType = type.EndsWith(nameof(Resource), StringComparison.Ordinal) ? type[..^nameof(Resource).Length] : type,
            Properties = ImmutableArray<ResourcePropertySnapshot>.Empty,
            CreationTimeStamp = _time.GetUtcNow().UtcDateTime,
        };
    }
}
