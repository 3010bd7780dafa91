using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LiveComments.Gateway.Routing;
using LiveComments.ServiceDefaults.Trunks;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Gateway.Relay.Trunks;

/// <summary>The trunks of this gateway: to each node one a relay thread, opened when the first viewer asks for it.</summary>
sealed partial class TrunkLines(RelayThreads threads, NodeClient clients, TimeProvider clock, ILogger<TrunkLines> logger)
{
    /// <summary>What a viewer waits for a trunk that is being opened. A node is a millisecond away, and without it there is the other way.</summary>
    private static readonly TimeSpan ViewerPatience = TimeSpan.FromMilliseconds(250);

    // As for any request that a node has to answer at once.
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);

    // A node that broke is asked again when it may be back; one that refused will do so until somebody changes its settings, or its version.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(60);

    // One frame for thousands of viewers is some 20 KB.
    private const int ReceiveBufferBytes = 256 * 1024;

    private readonly ConcurrentDictionary<(string Address, RelayThread Thread), Place> _places = new();

    /// <summary>A trunk to that node; null when there is none at the moment.</summary>
    /// <param name="address">The node's.</param>
    public ValueTask<TrunkLine?> FindAsync(string address)
    {
        var thread = threads.Next();
        var place = _places.GetOrAdd((address, thread), static _ => new Place());
        return place.Line is { IsOpen: true } line ? ValueTask.FromResult<TrunkLine?>(line) : new ValueTask<TrunkLine?>(WaitAsync(place, address, thread));
    }

    private async Task<TrunkLine?> WaitAsync(Place place, string address, RelayThread thread)
    {
        Task opening;
        lock (place)
        {
            if (place.Opening is { IsCompleted: false } underway)
            {
                opening = underway;
            }
            else
            {
                if (place.Line is { IsOpen: true } line)
                    return line;
                if (clock.GetTimestamp() < place.NotBefore)
                    return null;
                // Nothing of the request that happens to be the first goes along.
                using (ExecutionContext.SuppressFlow())
                    place.Opening = opening = Task.Run(() => OpenAsync(place, address, thread));
            }
        }

        await opening.WaitAsync(ViewerPatience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return place.Line is { IsOpen: true } opened ? opened : null;
    }

    private async Task OpenAsync(Place place, string address, RelayThread thread)
    {
        var pause = PauseAfterFailure;
        NodeConnection? connection = null;
        try
        {
            using var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                ConnectTimeout = NextNode.ConnectTimeout,
                ConnectCallback = async (context, cancellation) => connection = await clients.ConnectAsync(context.DnsEndPoint, thread, cancellation),
            };
            using var client = new HttpMessageInvoker(handler);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), TrunkProtocol.Path)) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.TryAddWithoutValidation(HeaderNames.Connection, HeaderNames.Upgrade);
            request.Headers.TryAddWithoutValidation(HeaderNames.Upgrade, TrunkProtocol.Name);
            using var timeout = new CancellationTokenSource(OpenTimeout, clock);
            using var answer = await client.SendAsync(request, timeout.Token);
            if (answer.StatusCode == HttpStatusCode.SwitchingProtocols && answer.Headers.TryGetValues(TrunkProtocol.Header, out var ids) && ids.ToList() is [{ Length: > 0 } id])
            {
                var line = new TrunkLine(connection!, id, connection!.Take());
                connection.Socket.ReceiveBufferSize = ReceiveBufferBytes;
                thread.Start(line);
                place.Line = line;
                return;
            }

            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                pause = PauseAfterRefusal;
                Refused(address, (int)answer.StatusCode);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            // Whether the node is there at all, the viewers' own requests find out.
        }

        place.NotBefore = clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency);
    }

    private sealed class Place
    {
        private long _notBefore = long.MinValue;
        private volatile TrunkLine? _line;

        public TrunkLine? Line
        {
            get => _line;
            set => _line = value;
        }

        public Task? Opening { get; set; }

        public long NotBefore
        {
            get => Volatile.Read(ref _notBefore);
            set => Volatile.Write(ref _notBefore, value);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The node at {Address} takes no trunk ({Status}): each of its viewers takes a connection of its own there. If it is 403, add this gateway to the node's Proxies:Trusted.")]
    private partial void Refused(string address, int status);
}
