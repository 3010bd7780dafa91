using System.Collections.Concurrent;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Restarts;

/// <summary>Which services say that they are ready, as whoever balances the load before them knows it.</summary>
sealed class Readiness : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<ServiceProcess, bool> _ready = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    public Readiness(IEnumerable<ServiceProcess> services) => _watching = Task.WhenAll(services.Select(WatchAsync));

    /// <summary>The first of them that is ready; the first of all when none is.</summary>
    public ServiceProcess Choose(params ReadOnlySpan<ServiceProcess> inOrder)
    {
        foreach (var service in inOrder)
        {
            if (_ready.GetValueOrDefault(service))
                return service;
        }

        return inOrder[0];
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(ServiceProcess service)
    {
        using var client = new HttpClient { BaseAddress = service.Address, Timeout = Timeout };
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        try
        {
            do
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative), _end.Token);
                    _ready[service] = answer.IsSuccessStatusCode;
                }
                catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
                {
                    _ready[service] = false;
                }
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }
}
