using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A WebSocket's opening request with whatever headers, and what is answered to it.</summary>
static class Handshake
{
    private const int LongestHead = 16 * 1024;

    /// <param name="address">Whom to ask.</param>
    /// <param name="path">And where.</param>
    /// <param name="headers">As they go over the wire, each with its line break.</param>
    /// <param name="host">What stands in Host; the address's own when null.</param>
    public static async Task<int> StatusAsync(Uri address, string path, string headers = "", string? host = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await socket.SendAsync(Encoding.UTF8.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {host ?? address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"));
        var head = new byte[LongestHead];
        var read = 0;
        while (head.AsSpan(0, read).IndexOf("\r\n"u8) < 0)
        {
            var more = await Eventually.WithinAsync("an answer to the opening request", socket.ReceiveAsync(head.AsMemory(read)).AsTask());
            if (more == 0)
                throw new EndOfStreamException("The connection was closed without an answer.");
            read += more;
        }

        // HTTP/1.1 101 Switching Protocols
        return int.Parse(Encoding.ASCII.GetString(head, 9, 3), CultureInfo.InvariantCulture);
    }
}
