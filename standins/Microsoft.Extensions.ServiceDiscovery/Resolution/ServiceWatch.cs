using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>
/// The endpoints of one service: asked for once, and again when a change token has changed or, if nobody gave one,
/// when they have become old. Concurrent callers share one question to the providers.
/// </summary>
internal sealed class ServiceWatch(IServiceEndpointProvider[] providers, TimeProvider clock, TimeSpan refreshPeriod) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();
    private Task<Answer>? _asking;
    private long _lastUsed = clock.GetTimestamp();
    private uint _next;
    private volatile bool _disposed;

    public TimeSpan Idle => clock.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>Null when this watch was given up meanwhile: take a new one.</summary>
    public async ValueTask<ServiceEndpointSource?> GetAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastUsed, clock.GetTimestamp());
        Task<Answer> asking;
        lock (_gate)
        {
            if (_disposed)
                return null;
            asking = _asking is { } current && !IsOutdated_NeedsGate(current) ? current : _asking = AskAsync();
        }

        try
        {
            return (await asking.WaitAsync(cancellationToken).ConfigureAwait(false)).Endpoints;
        }
        catch (OperationCanceledException) when (_disposed && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The endpoints in turn, counted over all callers.</summary>
    public ServiceEndpoint Pick(ServiceEndpointSource source) =>
        source.Endpoints.Count == 0
            ? throw new InvalidOperationException("The service has no endpoints.")
            : source.Endpoints[(int)(Interlocked.Increment(ref _next) % (uint)source.Endpoints.Count)];

    public async ValueTask DisposeAsync()
    {
        Task? asking;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            asking = _asking;
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        if (asking is not null)
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var provider in providers)
            await provider.DisposeAsync().ConfigureAwait(false);
        _disposing.Dispose();
    }

    private bool IsOutdated_NeedsGate(Task<Answer> asking)
    {
        if (!asking.IsCompleted)
            return false;
        // A failure is for those who waited for it; the next caller tries again.
        if (!asking.IsCompletedSuccessfully)
            return true;

        var answer = asking.GetAwaiter().GetResult();
        return answer.Endpoints.ChangeToken is { HasChanged: true }
            || (!answer.Endpoints.ChangeToken.ActiveChangeCallbacks && clock.GetElapsedTime(answer.At) >= refreshPeriod);
    }

    private async Task<Answer> AskAsync()
    {
        // Outside of the gate, and not inside of the first caller's time: a provider may take long.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        var builder = new Builder();
        foreach (var provider in providers)
            await provider.PopulateAsync(builder, _disposing.Token).ConfigureAwait(false);
        return new Answer(builder.Build(), clock.GetTimestamp());
    }

    private sealed record Answer(ServiceEndpointSource Endpoints, long At);

    private sealed class Builder : IServiceEndpointBuilder
    {
        private readonly List<ServiceEndpoint> _endpoints = [];
        private readonly List<IChangeToken> _changeTokens = [];

        public IList<ServiceEndpoint> Endpoints => _endpoints;

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public void AddChangeToken(IChangeToken changeToken) => _changeTokens.Add(changeToken);

        public ServiceEndpointSource Build() => new(_endpoints, new CompositeChangeToken(_changeTokens), Features);
    }
}
