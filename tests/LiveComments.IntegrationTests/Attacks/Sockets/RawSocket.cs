using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks.Sockets;

/// <summary>A WebSocket's connection without a client's manners: what is sent is what the test says, byte by byte.</summary>
sealed class RawSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly List<byte> _received = [];
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>The head of the answer to the handshake.</summary>
    public string Head { get; private set; } = "";

    public int Status => int.Parse(Head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    public static Task<RawSocket> OpenAsync(Uri server, string path) => HandshakeAsync(server, Handshake(path));

    public static string Handshake(string path) =>
        $"GET {path} HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    /// <summary>Sends those bytes, and reads the head of what is answered.</summary>
    public static async Task<RawSocket> HandshakeAsync(Uri server, string bytes)
    {
        var raw = new RawSocket();
        try
        {
            await Eventually.WithinAsync("a connection", raw._socket.ConnectAsync(IPAddress.Loopback, server.Port));
            await raw.SendAsync(Encoding.Latin1.GetBytes(bytes));
            while (raw.Head.Length == 0)
            {
                if (!await raw.ReceiveAsync("an answer to the handshake"))
                    throw new EndOfStreamException("No answer to the handshake.");
                if (raw._received.Count >= 4 && Encoding.Latin1.GetString([.. raw._received]) is var text && text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and > 0)
                {
                    raw.Head = text[..(end + 2)];
                    raw._received.RemoveRange(0, end + 4);
                }
            }

            return raw;
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>Also when nobody wants it any more.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await Eventually.WithinAsync("the bytes are sent", _socket.SendAsync(bytes).AsTask())..];
        }
        catch (SocketException)
        {
            // The service was done with us.
        }
    }

    /// <summary>Sends, and takes nothing: true when the service takes no more, or has closed.</summary>
    public bool IsStuck(ReadOnlySpan<byte> bytes)
    {
        _socket.Blocking = false;
        _socket.Send(bytes, SocketFlags.None, out var error);
        return error != SocketError.Success;
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next frame of the service: its opcode and payload; null at the end of the connection.</summary>
    public async Task<(byte Opcode, byte[] Payload)?> NextAsync(string what)
    {
        while (true)
        {
            if (Frame() is { } frame)
                return frame;
            if (!await ReceiveAsync(what))
                return null;
        }
    }

    /// <summary>Reads on to the end of the connection, answering a close as is due.</summary>
    /// <returns>The code with which the service closed; null when it just cut the connection, 1005 for none.</returns>
    public async Task<int?> UntilEndAsync()
    {
        int? code = null;
        while (await NextAsync("the end of the connection") is var (opcode, payload))
        {
            if (opcode != SocketFrame.Close || code is not null)
                continue;
            code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
            await SendAsync(SocketFrame.Of(SocketFrame.Fin | SocketFrame.Close, payload));
        }

        return code;
    }

    /// <summary>Reads on until a text has come in which that stands.</summary>
    public async Task UntilTextAsync(string part)
    {
        while (true)
        {
            if (await NextAsync($"a message with {part}") is not var (opcode, payload))
                throw new EndOfStreamException($"The connection ended before a message with {part}.");
            if (opcode == SocketFrame.Close)
                throw new EndOfStreamException($"Closed with {(payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0)} before a message with {part}.");
            if (opcode == SocketFrame.Text && Encoding.UTF8.GetString(payload).Contains(part, StringComparison.Ordinal))
                return;
        }
    }

    public void Dispose() => _socket.Dispose();

    private (byte Opcode, byte[] Payload)? Frame()
    {
        if (_received.Count < 2)
            return null;
        // A service masks nothing: flags and opcode, length.
        var (length, at) = _received[1] switch
        {
            126 => (_received.Count < 4 ? -1 : BinaryPrimitives.ReadUInt16BigEndian([_received[2], _received[3]]), 4),
            127 => (_received.Count < 10 ? -1 : BinaryPrimitives.ReadInt32BigEndian([.. _received.GetRange(6, 4)]), 10),
            var small => (small, 2),
        };
        if (length < 0 || _received.Count < at + length)
            return null;
        var frame = ((byte)(_received[0] & 0x0F), _received.GetRange(at, length).ToArray());
        _received.RemoveRange(0, at + length);
        return frame;
    }

    private async Task<bool> ReceiveAsync(string what)
    {
        try
        {
            var count = await Eventually.WithinAsync(what, _socket.ReceiveAsync(_buffer));
            _received.AddRange(_buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
