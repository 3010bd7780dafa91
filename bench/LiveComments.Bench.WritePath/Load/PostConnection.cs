using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.Bench.Common.Sockets;

namespace LiveComments.Bench.WritePath.Load;

enum AnswerState
{
    Incomplete,
    Whole,
    Closed,
}

/// <summary>One keep-alive HTTP/1.1 connection with at most one request under way.</summary>
sealed class PostConnection : IDisposable
{
    // An answer is a comment of at most 500 characters and some headers.
    private const int MaxAnswer = 16 * 1024;
    private const int MaxRequest = 4 * 1024;

    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] EndOfChunks = "\r\n0\r\n\r\n"u8.ToArray();

    private readonly byte[] _request = new byte[MaxRequest];
    private readonly byte[] _answer = new byte[MaxAnswer];
    private readonly Epoll _epoll;
    private readonly int _tag;
    private readonly IPEndPoint _server;
    private Socket? _socket;
    private int _received;

    public PostConnection(Epoll epoll, int tag, int port)
    {
        (_epoll, _tag, _server) = (epoll, tag, new IPEndPoint(IPAddress.Loopback, port));
        Connect();
    }

    public bool IsUnderWay { get; private set; }

    /// <summary>When the post that is under way was due.</summary>
    public long Scheduled { get; private set; }

    public long SentAt { get; private set; }

    public bool IsCreated => _answer.AsSpan(0, _received).StartsWith("HTTP/1.1 201 "u8);

    public bool TrySend(PostRequests requests, long scheduled)
    {
        if (_socket is null && !TryConnect())
            return false;
        var length = requests.Write(_request);
        // A request is far smaller than an empty send buffer: it goes whole or not at all.
        if (_socket!.Send(_request.AsSpan(0, length), SocketFlags.None, out var error) != length || error != SocketError.Success)
        {
            Close();
            return false;
        }

        (Scheduled, SentAt, IsUnderWay, _received) = (scheduled, Stopwatch.GetTimestamp(), true, 0);
        return true;
    }

    public AnswerState Receive()
    {
        if (_socket is null)
            return AnswerState.Closed;
        var count = _socket.Receive(_answer.AsSpan(_received), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return AnswerState.Incomplete;
        if (count <= 0 || error != SocketError.Success)
            return AnswerState.Closed;
        _received += count;
        if (IsWhole())
            return AnswerState.Whole;
        return _received < _answer.Length ? AnswerState.Incomplete : AnswerState.Closed;
    }

    /// <summary>The <c>code</c> of a problem document, or the status.</summary>
    public string ErrorCode()
    {
        var text = Encoding.UTF8.GetString(_answer, 0, _received);
        const string Field = "\"code\":\"";
        var at = text.IndexOf(Field, StringComparison.Ordinal);
        var status = text.Length >= 12 ? text[9..12] : "?";
        return at < 0 ? status : $"{status} {text[(at + Field.Length)..text.IndexOf('"', at + Field.Length)]}";
    }

    /// <summary>The request is over; the connection may be used again, or is made anew if it is no good any more.</summary>
    public void Rest(AnswerState state)
    {
        IsUnderWay = false;
        if (state == AnswerState.Closed)
            Close();
    }

    public void Dispose() => Close();

    private bool IsWhole()
    {
        var answer = _answer.AsSpan(0, _received);
        var head = answer.IndexOf(EndOfHead);
        if (head < 0)
            return false;
        var length = HeaderValue(answer[..(head + 2)], "\r\ncontent-length: "u8);
        // Without a length the body is chunked; JSON has no raw line breaks, so the last chunk's mark is the end.
        return length >= 0 ? answer.Length - head - EndOfHead.Length >= length : answer.EndsWith(EndOfChunks);
    }

    private static int HeaderValue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var at = 0; at + name.Length < head.Length; at++)
        {
            if (head[at] != (byte)'\r' || !Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
                continue;
            var value = 0;
            for (at += name.Length; head[at] is >= (byte)'0' and <= (byte)'9'; at++)
                value = (value * 10) + head[at] - '0';
            return value;
        }

        return -1;
    }

    private bool TryConnect()
    {
        try
        {
            Connect();
            return true;
        }
        catch (SocketException)
        {
            Close();
            return false;
        }
    }

    private void Connect()
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(_server);
        _socket.Blocking = false;
        _epoll.Watch(_socket, _tag);
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
