namespace LiveComments.IntegrationTests.Degradation;

/// <summary>Real load: the same request again and again, from several clients at once, until it is disposed.</summary>
sealed class Hammering : IAsyncDisposable
{
    private const int Clients = 8;

    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _client;
    private readonly Task _hammering;

    public Hammering(Uri address, string? accept = null)
    {
        _client = new HttpClient();
        if (accept is not null)
            _client.DefaultRequestHeaders.Add("Accept", accept);
        _hammering = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    using var answer = await _client.GetAsync(address, _end.Token);
                }
                catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
                {
                    // Whatever becomes of it: that it is asked is what counts.
                }
            }
        })));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _hammering;
        _end.Dispose();
        _client.Dispose();
    }
}
