using System.Globalization;
using LiveComments.Faults.Load;

namespace LiveComments.Faults.Viewers;

/// <summary>Everybody who watches, from the beginning to the end.</summary>
sealed class Audience : IAsyncDisposable
{
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectTimeout = HeadersTimeout, ResponseDrainTimeout = TimeSpan.Zero });
    private readonly List<Viewer> _viewers = [];
    private List<Task> _watching = [];
    private bool _isOver;

    public Audience(Uri gateway, IReadOnlyList<string> streams, LoadPlan plan, TimeProvider clock)
    {
        // Of a stream that is open only the headers have a limit in time.
        _client.Timeout = HeadersTimeout;
        for (var viewer = 0; viewer < plan.SseViewers; viewer++)
            _viewers.Add(new SseViewer(Name("sse", viewer), _client, gateway, streams[viewer % streams.Count], viewer % streams.Count, clock));
        for (var viewer = 0; viewer < plan.SocketViewers; viewer++)
            _viewers.Add(new SocketViewer(Name("ws", viewer), gateway, streams[viewer % streams.Count], viewer % streams.Count, clock));
    }

    public IReadOnlyList<Viewer> Viewers => _viewers;

    public void Start() => _watching = _viewers.ConvertAll(viewer => viewer.WatchAsync(_stop.Token));

    /// <summary>Everybody leaves; what they were told stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        await _stop.CancelAsync();
        await Task.WhenAll(_watching);
        _client.Dispose();
        _stop.Dispose();
    }

    private static string Name(string transport, int number) => string.Create(CultureInfo.InvariantCulture, $"{transport}-{number + 1}");
}
