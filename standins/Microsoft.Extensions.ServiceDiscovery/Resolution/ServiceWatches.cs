using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery.PassThrough;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>
/// A watch for each name in use. Names come from requests' URIs, so there may be many over time:
/// one that rests is given up.
/// </summary>
internal sealed class ServiceWatches(
    IEnumerable<IServiceEndpointProviderFactory> factories,
    IOptions<ServiceDiscoveryOptions> options,
    TimeProvider clock) : IAsyncDisposable, IDisposable
{
    // To ask again is cheap; to keep a watch for every host ever called is not.
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Lazy<ServiceWatch>> _byName = new(StringComparer.Ordinal);
    // The name itself is the last resort, in whatever order the providers were added.
    private readonly IServiceEndpointProviderFactory[] _factories =
        [.. factories.OrderBy(factory => factory is PassThroughServiceEndpointProviderFactory)];
    private long _lastSweep = clock.GetTimestamp();
    private volatile bool _disposed;

    public async ValueTask<(ServiceWatch Watch, ServiceEndpointSource Endpoints)> GetAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            cancellationToken.ThrowIfCancellationRequested();
            Sweep();

            var entry = _byName.GetOrAdd(name, static (key, self) => new(() => self.Create(key)), this);
            ServiceWatch watch;
            try
            {
                watch = entry.Value;
            }
            catch
            {
                // A Lazy keeps its exception for ever.
                _byName.TryRemove(KeyValuePair.Create(name, entry));
                throw;
            }

            if (await watch.GetAsync(cancellationToken).ConfigureAwait(false) is { } endpoints)
                return (watch, endpoints);
            _byName.TryRemove(KeyValuePair.Create(name, entry));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var (_, entry) in _byName)
        {
            if (entry.IsValueCreated)
                await entry.Value.DisposeAsync().ConfigureAwait(false);
        }

        _byName.Clear();
    }

    // A container that is disposed synchronously (a `using` in a test, say) must not fail on us. Our own providers' disposal completes at once.
    public void Dispose() => _ = DisposeAsync().AsTask();

    private ServiceWatch Create(string name)
    {
        if (!ServiceEndpointQuery.TryParse(name, out var query))
            throw new ArgumentException($"'{name}' is not the name of a service: it must read as a URI or a host.", nameof(name));

        var providers = new List<IServiceEndpointProvider>();
        foreach (var factory in _factories)
        {
            if (factory.TryCreateProvider(query, out var provider))
                providers.Add(provider);
        }

        return providers.Count > 0
            ? new ServiceWatch([.. providers], clock, options.Value.RefreshPeriod)
            : throw new InvalidOperationException($"No provider of service endpoints is configured that could know '{name}'.");
    }

    private void Sweep()
    {
        var last = Volatile.Read(ref _lastSweep);
        if (clock.GetElapsedTime(last) < MaxIdle || Interlocked.CompareExchange(ref _lastSweep, clock.GetTimestamp(), last) != last)
            return;

        foreach (var (name, entry) in _byName)
        {
            if (entry is { IsValueCreated: true, Value: var watch } && watch.Idle >= MaxIdle && _byName.TryRemove(KeyValuePair.Create(name, entry)))
                _ = watch.DisposeAsync().AsTask();
        }
    }
}
