using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports.Cuts;

/// <summary>A viewer whose every connection is cut after some bytes, and who goes on with its cursor by another transport, on another node.</summary>
sealed class CutViewer(IReadOnlyList<Uri> nodes, string streamId, string cursor, int seed)
{
    // From the first byte of the head on; or, so that it gets on, so many after the first message, which has all that was missed.
    private const int FewBytes = 4_000;
    private const int ManyBytes = 512 * 1024;

    // Within the head of the next chunk or frame, where hardly any cut would fall by chance.
    private const int HeadBytes = 8;

    private static readonly string[] Transports = [LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll];

    private readonly Random _random = new(seed);
    private readonly byte[] _wire = new byte[ManyBytes + FewBytes];
    private volatile string _cursor = cursor;
    private int _cuts;

    /// <summary>What to resume from.</summary>
    public string Cursor => _cursor;

    /// <summary>What the comments say that came whole, in the order in which they came.</summary>
    public List<int> Numbers { get; } = [];

    public int CutsSoFar => Volatile.Read(ref _cuts);

    /// <summary>How often it was cut off, by where.</summary>
    public Dictionary<CutAt, int> Cuts { get; } = Enum.GetValues<CutAt>().ToDictionary(at => at, _ => 0);

    /// <summary>Is cut off so often, and then goes on like this until it has the last comment.</summary>
    public async Task WatchAsync(int cuts, Func<string?> last)
    {
        while (CutsSoFar < cuts || Cursor != last())
        {
            var transport = Transports[_random.Next(Transports.Length)];
            var reading = await WatchOnceAsync(transport, _random.Next(1, FewBytes), afterFirst: _random.Next(4) == 0, last);
            foreach (var message in reading.Messages)
                Take(message);
            _cursor = reading.Cursor ?? _cursor;
            // What ended by itself was not cut off.
            if (reading.IsOver)
                continue;
            Cuts[reading.At]++;
            Interlocked.Increment(ref _cuts);
        }
    }

    private async Task<WireReading> WatchOnceAsync(string transport, int bytes, bool afterFirst, Func<string?> last)
    {
        var node = nodes[_random.Next(nodes.Count)];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, node.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RequestFor(transport, node)));
        var reading = WireReading.Of(transport, []);
        var read = 0;
        for (var left = afterFirst ? ManyBytes : bytes; left > 0;)
        {
            var count = await Eventually.WithinAsync($"bytes for {this}", ReceiveAsync(socket, _wire.AsMemory(read, left)));
            (read, left) = (read + count, left - count);
            // Until there is an end, only the last look counts.
            var end = last();
            if (count > 0 && left > 0 && !afterFirst && transport != LiveClient.Poll && end is null)
                continue;
            reading = WireReading.Of(transport, _wire.AsSpan(0, read));
            if (count == 0 || reading.IsOver || (reading.Cursor ?? Cursor) == end)
                break;
            if (afterFirst && reading.Messages.Count > 0)
                (afterFirst, left) = (false, _random.Next(2) == 0 ? bytes : _random.Next(1, HeadBytes));
        }

        // By a reset, or by an end that the node sees only when it writes.
        if (_random.Next(2) == 0)
            socket.LingerState = new LingerOption(enable: true, 0);
        return reading;
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> into)
    {
        try
        {
            return await socket.ReceiveAsync(into);
        }
        catch (SocketException)
        {
            // The node cut it off itself.
            return 0;
        }
    }

    private void Take(LiveMessage message)
    {
        Assert.True(message.Type is ServerMessageTypes.CommentsBatch, $"{this} was told: {message.Type}");
        Numbers.AddRange(LiveClient.Batch(message).Comments.Select(comment => int.Parse(comment.Content.Split(' ')[0], CultureInfo.InvariantCulture)));
    }

    private string RequestFor(string transport, Uri node)
    {
        var path = $"/live/streams/{streamId}";
        var inHeader = _random.Next(2) == 0;
        return transport switch
        {
            LiveClient.Sse => $"GET {path}/events{(inHeader ? "" : $"?cursor={Cursor}")} HTTP/1.1\r\nHost: {node.Authority}\r\n{(inHeader ? $"Last-Event-ID: {Cursor}\r\n" : "")}\r\n",
            LiveClient.WebSocket => $"GET {path}/ws?cursor={Cursor} HTTP/1.1\r\nHost: {node.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {LiveSocket.SubProtocol}\r\n\r\n",
            _ => $"GET {path}/events?wait=5&cursor={Cursor} HTTP/1.1\r\nHost: {node.Authority}\r\nAccept: application/json\r\n\r\n",
        };
    }

    public override string ToString() => $"the viewer with seed {seed}, who is at {Cursor}";
}
