using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace NATS.Client.Core.Internal;

/// <summary>
/// One TCP connection to one server: greets, logs in, then reads and sends until either side fails.
/// Its end is final; the connection opens another.
/// </summary>
internal sealed class ServerSession
{
    // A control line holds a subject, a reply subject and numbers; INFO of a large cluster is the longest by far.
    private const int MaxLineLength = 1024 * 1024;
    private const int NewLineLength = 2;

    private readonly NatsConnection _connection;
    private readonly Socket _socket;
    private readonly OutgoingBuffer _outgoing;
    private readonly TaskCompletionSource<ServerInfo> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _loggedIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<Exception>? _reading;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private int _needed;
    private volatile bool _ended;

    private ServerSession(NatsConnection connection, Socket socket, OutgoingBuffer outgoing, ServerUrl url)
    {
        (_connection, _socket, _outgoing, Url) = (connection, socket, outgoing, url);
        _buffer = new byte[connection.Opts.ReaderBufferSize];
    }

    public ServerUrl Url { get; }

    /// <summary>Connects and logs in, within the connect time-out for each of both.</summary>
    public static async Task<ServerSession> OpenAsync(NatsConnection connection, OutgoingBuffer outgoing, ServerUrl url, (string Host, int Port) target, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                limit.CancelAfter(connection.Opts.ConnectTimeout);
                await socket.ConnectAsync(target.Host, target.Port, limit.Token).ConfigureAwait(false);
            }

            var session = new ServerSession(connection, socket, outgoing, url);
            session._reading = Task.Run(session.ReadAsync, CancellationToken.None);
            await session.LogInAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends and reads until the connection is lost; returns why.</summary>
    public async Task<Exception> RunAsync()
    {
        var sending = Task.Run(SendAsync);
        var reason = await _reading!.ConfigureAwait(false);
        Abort();
        return await sending.ConfigureAwait(false) ?? reason;
    }

    public void Abort()
    {
        _ended = true;
        _socket.Dispose();
        _outgoing.Wake();
    }

    private async Task LogInAsync(CancellationToken cancellationToken)
    {
        var opts = _connection.Opts;
        var info = await _greeting.Task.WaitAsync(opts.ConnectTimeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        if (info.TlsRequired)
            throw new NatsException($"Server {Url} requires TLS");
        var request = new ConnectRequest
        {
            Echo = opts.Echo,
            Verbose = opts.Verbose,
            Name = opts.Name,
            User = opts.AuthOpts.Username,
            Password = opts.AuthOpts.Password,
            AuthToken = opts.AuthOpts.Token,
            Headers = opts.Headers,
            NoResponders = opts.Headers,
        };
        byte[] bytes = [.. "CONNECT "u8, .. JsonSerializer.SerializeToUtf8Bytes(request, ProtocolJson.Default.ConnectRequest), .. "\r\nPING\r\n"u8];
        for (var sent = 0; sent < bytes.Length;)
            sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken).ConfigureAwait(false);
        await _loggedIn.Task.WaitAsync(opts.ConnectTimeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends until the session has ended; the result says why, if the reason is here.</summary>
    private async Task<Exception?> SendAsync()
    {
        try
        {
            while (!_ended)
            {
                await _outgoing.WaitAsync().ConfigureAwait(false);
                for (var batch = _outgoing.Take(); batch.Length > 0 && !_ended; batch = _outgoing.Take())
                    _outgoing.Sent(await _socket.SendAsync(batch).ConfigureAwait(false));
            }

            return null;
        }
        catch (Exception exception)
        {
            var isReason = !_ended;
            Abort(); // the reader ends with it
            return isReason ? exception : null;
        }
    }

    /// <summary>Reads until it can't; the result says why.</summary>
    private async Task<Exception> ReadAsync()
    {
        try
        {
            while (true)
            {
                while (ReadOne(out var delivery))
                {
                    if (!delivery.IsCompletedSuccessfully)
                        await delivery.ConfigureAwait(false);
                }

                MakeRoom();
                var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
                if (count == 0)
                    throw new EndOfStreamException($"Server {Url} closed the connection");
                _end += count;
            }
        }
        catch (Exception exception)
        {
            _greeting.TrySetException(exception);
            _loggedIn.TrySetException(exception);
            _ = (_greeting.Task.Exception, _loggedIn.Task.Exception); // seen: nobody may wait for them any more
            return exception;
        }
    }

    private void MakeRoom()
    {
        var usual = _connection.Opts.ReaderBufferSize;
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > usual && _needed <= usual)
                _buffer = new byte[usual]; // a large message is gone, and its memory with it
        }

        if (_needed <= _buffer.Length - _start && _end < _buffer.Length)
            return;
        var target = _needed > _buffer.Length || _end - _start == _buffer.Length ? new byte[Math.Max(_needed, _buffer.Length * 2)] : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_end, _start, _buffer) = (_end - _start, 0, target);
    }

    /// <summary>Reads one command of the buffer; false when it isn't there as a whole yet.</summary>
    private bool ReadOne(out ValueTask delivery)
    {
        delivery = default;
        var bytes = _buffer.AsSpan(_start, _end - _start);
        var lineEnd = bytes.IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            if (bytes.Length > MaxLineLength)
                throw new NatsProtocolViolationException("A line of the server does not end");
            _needed = bytes.Length + 1;
            return false;
        }

        var line = bytes[..lineEnd].TrimEnd((byte)'\r');
        var first = line.Length > 0 ? line[0] | 0x20 : 0;
        if (first is 'm' or 'h')
            return ReadMessage(line, lineEnd + 1, hasHeaders: first == 'h', out delivery);
        _start += lineEnd + 1;
        _needed = 0;
        ReadControl(line, first);
        return true;
    }

    // MSG <subject> <sid> [reply] <size>  or  HMSG <subject> <sid> [reply] <header size> <total size>
    private bool ReadMessage(ReadOnlySpan<byte> line, int lineLength, bool hasHeaders, out ValueTask delivery)
    {
        delivery = default;
        var rest = line;
        NextWord(ref rest);
        var subject = NextWord(ref rest);
        var sid = Number(NextWord(ref rest));
        var third = NextWord(ref rest);
        var fourth = NextWord(ref rest);
        var fifth = NextWord(ref rest);
        ReadOnlySpan<byte> replyTo = default;
        int headerLength = 0, size;
        if (hasHeaders)
        {
            if (fifth.Length > 0)
            {
                replyTo = third;
                (headerLength, size) = (Number(fourth), Number(fifth));
            }
            else
            {
                (headerLength, size) = (Number(third), Number(fourth));
            }
        }
        else if (fourth.Length > 0)
        {
            replyTo = third;
            size = Number(fourth);
        }
        else
        {
            size = Number(third);
        }

        if (size > _connection.Opts.MaxPayloadHardCap || headerLength > size)
            throw new NatsProtocolViolationException($"The server announced a message of {size} bytes");
        var total = lineLength + size + NewLineLength;
        if (_end - _start < total)
        {
            _needed = total;
            return false;
        }

        var bodyStart = _start + lineLength;
        delivery = _connection.Deliver(
            sid,
            subject,
            replyTo,
            _buffer.AsMemory(bodyStart, headerLength),
            _buffer.AsMemory(bodyStart + headerLength, size - headerLength));
        _start += total;
        _needed = 0;
        return true;
    }

    private void ReadControl(ReadOnlySpan<byte> line, int first)
    {
        switch (first)
        {
            case 'p' when line.Length >= 4 && (line[1] | 0x20) == 'i':
                _outgoing.WriteControl("PONG\r\n"u8);
                break;
            case 'p':
                if (!_loggedIn.TrySetResult())
                    _connection.OnPong();
                break;
            case 'i':
                OnInfo(line["INFO ".Length..]);
                break;
            case '-':
                OnError(Encoding.UTF8.GetString(line["-ERR".Length..]).Trim(' ', '\''));
                break;
            case '+' or 0:
                break;
            default:
                throw new NatsProtocolViolationException($"Unknown line of the server: {Encoding.UTF8.GetString(line)}");
        }
    }

    private void OnInfo(ReadOnlySpan<byte> json)
    {
        var info = JsonSerializer.Deserialize(json, ProtocolJson.Default.ServerInfo) ?? throw new NatsProtocolViolationException("INFO is empty");
        _connection.OnInfo(info, Url);
        _greeting.TrySetResult(info);
    }

    private void OnError(string error)
    {
        if (_loggedIn.TrySetException(new NatsServerException(error)))
            _ = _loggedIn.Task.Exception;
        _connection.OnServerError(error);
    }

    private static ReadOnlySpan<byte> NextWord(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return word;
    }

    private static int Number(ReadOnlySpan<byte> word) =>
        Utf8Parser.TryParse(word, out int number, out var length) && length == word.Length && number >= 0
            ? number
            : throw new NatsProtocolViolationException($"Not a number: {Encoding.UTF8.GetString(word)}");
}
