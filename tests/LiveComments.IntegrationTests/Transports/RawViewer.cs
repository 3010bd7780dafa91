using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A viewer of bytes, for what a well-behaved client would never do or show.</summary>
sealed class RawViewer : IDisposable
{
    // Small, so that little is underway to who doesn't read.
    private const int ReceiveBuffer = 4096;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBuffer };
    private readonly MemoryStream _received = new();

    public static Task<RawViewer> OpenEventsAsync(Uri node, string streamId) =>
        OpenAsync(node, $"GET /live/streams/{streamId}/events HTTP/1.1\r\nHost: {node.Authority}\r\n\r\n");

    /// <param name="node">Where.</param>
    /// <param name="streamId">What.</param>
    /// <param name="headers">More of them, each with its line break.</param>
    public static Task<RawViewer> OpenSocketAsync(Uri node, string streamId, string headers = "") => OpenAsync(
        node,
        $"GET /live/streams/{streamId}/ws HTTP/1.1\r\nHost: {node.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n");

    /// <summary>Reads until <paramref name="condition"/> holds for all that came so far.</summary>
    public async Task ReadUntilAsync(string what, Func<byte[], bool> condition)
    {
        while (!condition(_received.ToArray()))
        {
            if (!await ReadAsync(what))
                throw new EndOfStreamException($"The connection ended before: {what}.");
        }
    }

    /// <summary>Reads on until the service ends the connection.</summary>
    public async Task ReadToEndAsync(string what)
    {
        while (await ReadAsync(what))
        {
        }
    }

    /// <summary>As if its system had lost the network.</summary>
    public void Vanish() => VanishedPeer.Vanish(_socket);

    public void Dispose() => _socket.Dispose();

    private static async Task<RawViewer> OpenAsync(Uri node, string request)
    {
        var viewer = new RawViewer();
        await viewer._socket.ConnectAsync(IPAddress.Loopback, node.Port);
        await viewer._socket.SendAsync(Encoding.ASCII.GetBytes(request));
        await viewer.ReadUntilAsync("the head", bytes => bytes.AsSpan().IndexOf("\r\n\r\n"u8) > 0);
        return viewer;
    }

    private async Task<bool> ReadAsync(string what)
    {
        var buffer = new byte[ReceiveBuffer];
        try
        {
            var count = await Eventually.WithinAsync(what, _socket.ReceiveAsync(buffer));
            _received.Write(buffer, 0, count);
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
