using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>What came back.</summary>
/// <param name="Status">0 when the connection was closed without an answer.</param>
/// <param name="Headers">By lower-case name; of several the last.</param>
/// <param name="Body">Empty for an endless stream: nothing of it is read.</param>
sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>
/// HTTP/1.1 without a client's good manners: sends the bytes it is given. Keeps its connection as long as the server does,
/// so that thousands of requests a second are possible.
/// </summary>
sealed class RawConnection(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;
    private int _start;
    private int _end;

    /// <param name="request">The whole of it.</param>
    /// <param name="isHead">The answer has no body, whatever it says.</param>
    /// <param name="thatIsAll">Nothing more will come on this connection, and the server is told so.</param>
    public RawAnswer Send(ReadOnlySpan<byte> request, bool isHead, bool thatIsAll = false)
    {
        var isFresh = _socket is null;
        var answer = SendOnce(request, isHead, thatIsAll);
        // A server may close a connection that is not in use, and did while the request was on its way: as every client does, once more.
        return answer.Status == 0 && !isFresh ? SendOnce(request, isHead, thatIsAll) : answer;
    }

    public void Dispose() => Close();

    private RawAnswer SendOnce(ReadOnlySpan<byte> request, bool isHead, bool thatIsAll)
    {
        try
        {
            Open();
            SendAll(request);
            if (thatIsAll)
                _socket!.Shutdown(SocketShutdown.Send);
            return Read(isHead);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted or SocketError.NotConnected)
        {
            Close();
            return new RawAnswer(0, new Dictionary<string, string>(), []);
        }
    }

    private RawAnswer Read(bool isHead)
    {
        while (true)
        {
            if (ReadLine() is not { } line)
            {
                Close();
                return new RawAnswer(0, new Dictionary<string, string>(), []);
            }

            // HTTP/1.1 404 Not Found
            var status = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (ReadLine() is { Length: > 0 } header)
                headers[header[..header.IndexOf(':', StringComparison.Ordinal)]] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            if (status < 200)
                continue;
            var isEndless = headers.TryGetValue("Content-Type", out var type) && type.StartsWith("text/event-stream", StringComparison.Ordinal);
            var body = isHead || isEndless || status is 204 or 304 ? [] : ReadBody(headers);
            if (isEndless || (headers.TryGetValue("Connection", out var connection) && connection == "close"))
                Close();
            return new RawAnswer(status, headers, body);
        }
    }

    private void Open()
    {
        if (_socket is not null)
        {
            // What nobody asked for would be taken for the next answer.
            if (_start < _end || (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available > 0))
                throw new InvalidOperationException("The server sent more than its answer.");
            if (!_socket.Poll(0, SelectMode.SelectRead))
                return;
            Close();
        }

        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds };
        _socket.Connect(address.Host, address.Port);
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += _socket!.Send(bytes[sent..]);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // Refused half-way; the answer may be there all the same.
        }
    }

    private byte[] ReadBody(Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("Content-Length", out var length))
            return ReadBytes(int.Parse(length, CultureInfo.InvariantCulture));
        if (!headers.TryGetValue("Transfer-Encoding", out var encoding) || encoding != "chunked")
            throw new InvalidOperationException("An answer whose end can't be found.");
        var body = new List<byte>();
        while (true)
        {
            var size = int.Parse(ReadLine()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.AddRange(ReadBytes(size));
            ReadLine();
            if (size == 0)
                return [.. body];
        }
    }

    private byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            if (_start == _end && !Fill())
                throw new EndOfStreamException("The answer broke off.");
            var take = Math.Min(count - read, _end - _start);
            _buffer.AsSpan(_start, take).CopyTo(bytes.AsSpan(read));
            _start += take;
            read += take;
        }

        return bytes;
    }

    /// <summary>Null when the connection ended first.</summary>
    private string? ReadLine()
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (at >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, at);
                _start += at + 2;
                return line;
            }

            if (!Fill())
                return null;
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = _socket!.Receive(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
        _start = _end = 0;
    }
}
