using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace LiveComments.UnitTests.Gateway.Relay;

/// <summary>A node that does with each connection what the test says, byte by byte.</summary>
sealed class ScriptedNode : IDisposable
{
    public const string StreamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Node: one\r\nTransfer-Encoding: chunked\r\n\r\n";

    public const string LastChunk = "0\r\n\r\n";

    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<NodeSide, Task> _script;

    public ScriptedNode(Func<NodeSide, Task> script)
    {
        _script = script;
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen(512);
        _ = AcceptAsync();
    }

    public string Address => $"http://{_listening.LocalEndPoint}";

    /// <summary>Heads of all requests but probes.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static string Chunk(string text) => $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n";

    public void Dispose() => _listening.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listening.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        // As a node's are.
        (socket.NoDelay, socket.SendBufferSize) = (true, 64 * 1024);
        using var side = new NodeSide(socket);
        try
        {
            while (await side.ReadHeadAsync())
            {
                if (side.Request.StartsWith("GET /health", StringComparison.Ordinal))
                {
                    await side.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    continue;
                }

                Requests.Enqueue(side.Request);
                await _script(side);
                return;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The gateway has closed; whether it should have is what tests look at.
        }
    }
}

/// <summary>The node's end of one connection.</summary>
sealed class NodeSide(Socket socket) : IDisposable
{
    private const string LengthField = "Content-Length: ";

    private readonly byte[] _buffer = new byte[16 * 1024];

    public Socket Socket => socket;

    public string Request { get; private set; } = "";

    /// <summary>What it is sent behind the head, by its length.</summary>
    public string RequestBody { get; private set; } = "";

    /// <summary>A request's head, and its body, if that has a length.</summary>
    public async Task<bool> ReadHeadAsync()
    {
        var received = new List<byte>();
        int end;
        while ((end = CollectionsMarshal.AsSpan(received).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await ReceiveAsync(received))
                return false;
        }

        end += "\r\n\r\n".Length;
        Request = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(received)[..end]);
        var line = Request.Split("\r\n").FirstOrDefault(line => line.StartsWith(LengthField, StringComparison.OrdinalIgnoreCase));
        var length = line is null ? 0 : int.Parse(line[LengthField.Length..], CultureInfo.InvariantCulture);
        while (received.Count < end + length)
        {
            if (!await ReceiveAsync(received))
                return false;
        }

        RequestBody = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(received)[end..]);
        return true;
    }

    private async Task<bool> ReceiveAsync(List<byte> into)
    {
        var received = await socket.ReceiveAsync(_buffer);
        into.AddRange(_buffer.AsSpan(0, received));
        return received > 0;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    /// <summary>Without a farewell.</summary>
    public void Break() => socket.Close(0);

    /// <summary>Completes when the gateway has closed its side.</summary>
    public async Task ClosedAsync()
    {
        try
        {
            while (await socket.ReceiveAsync(_buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
        }
    }

    public void Dispose() => socket.Dispose();
}
