using System.Net;
using LiveComments.Bench.Common.Sockets;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>
/// One viewer: connects, and then checks for each comment that it is the one after the last. Hot: this runs for each
/// delivery on the cores that the servers need.
/// </summary>
sealed class Viewer(ViewerGroup group, IPAddress source, long scheduledAt)
{
    private const int Unknown = -1;
    private const int MaxRedirects = 2;

    // The least that the kernel grants; and a head comes in parts of it.
    private const int DeafReceiveBuffer = 2_304;

    private readonly byte[] _cutStamp = new byte[Stamp.Length];
    private Endpoint _endpoint = group.Order.Endpoint;
    private ViewerState _state = ViewerState.Idle;
    private int _descriptor;
    private int _redirects;
    private byte[]? _head;
    private int _headLength;
    private Body? _body;
    private int _cutLength;
    private long _openedAt;
    private long _last = group.Order.After ?? Unknown;
    private ViewerGroup.PhaseCounts? _pieceOf;
    private int _pieceBytes;
    private bool _isDeaf = group.Order.IsDeaf;

    public bool IsOpen => _state == ViewerState.Open;

    public long ScheduledAt => scheduledAt;

    public bool SpeaksSignalR => _endpoint.Protocol == Protocol.SignalR;

    public void Connect(Epoll epoll, int tag)
    {
        try
        {
            _descriptor = NativeSocket.Connect(source, new IPEndPoint(IPAddress.Loopback, _endpoint.Port), _isDeaf ? DeafReceiveBuffer : null);
            _state = ViewerState.Connecting;
            epoll.WatchChanges(_descriptor, tag);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Fail(exception.Message);
        }
    }

    /// <summary>Something may have come; reads all of it into <paramref name="buffer"/>, part by part.</summary>
    public void OnChange(Span<byte> buffer, Epoll epoll, int tag)
    {
        if (_state == ViewerState.Connecting && !SendRequest())
            return;
        if (_isDeaf && IsOpen)
            return;
        while (_state is ViewerState.AwaitsHead or ViewerState.AwaitsHub or ViewerState.Open)
        {
            var count = NativeSocket.Receive(_descriptor, buffer);
            if (count < 0)
                return;
            if (count == 0)
            {
                End();
                return;
            }

            if (_body is null)
                TakeHead(buffer[..count], epoll, tag);
            else
                _body.Feed(buffer[..count], this, Stamp.NowMicroseconds);
            // A short read has emptied the socket; what comes later is a change of its own. Who was deaf is asked only once.
            if ((count < buffer.Length && !group.Order.IsDeaf) || (_isDeaf && IsOpen))
                return;
        }
    }

    public void OnText(ReadOnlySpan<byte> text, long now)
    {
        if (_state == ViewerState.AwaitsHub)
            Opened();
        _pieceBytes += text.Length;
        if (_cutLength > 0 && !JoinCutStamp(text, now))
            return;
        while (true)
        {
            var at = text.IndexOf(Stamp.Start);
            if (at < 0)
                return;
            text = text[at..];
            if (text.Length < Stamp.Length)
            {
                text.CopyTo(_cutStamp);
                _cutLength = text.Length;
                return;
            }

            text = Take(text, now) ? text[Stamp.Length..] : text[1..];
        }
    }

    public void OnPieceEnd()
    {
        if (_pieceOf is { } phase)
        {
            phase.Pieces++;
            phase.Bytes += _pieceBytes;
        }

        (_pieceOf, _pieceBytes) = (null, 0);
    }

    public void OnCloseFrame() => End();

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (!NativeSocket.TrySend(_descriptor, bytes))
            End();
    }

    /// <summary>How many comments up to <paramref name="last"/> it has not got; they count once.</summary>
    public long Behind(long last)
    {
        if (!IsOpen || _isDeaf || _last >= last)
            return 0;
        var behind = _last == Unknown ? 1 : last - _last;
        _last = last;
        return behind;
    }

    public bool Has(long last) => !IsOpen || _isDeaf || _last >= last;

    /// <summary>Reads all that came while it was deaf, and so whether the server closed it; then it goes.</summary>
    public void HearAtLast(Span<byte> buffer, Epoll epoll, int tag)
    {
        if (!_isDeaf)
            return;
        _isDeaf = false;
        OnChange(buffer, epoll, tag);
        Leave();
    }

    /// <summary>It was not in when patience ended.</summary>
    public void GiveUpConnecting()
    {
        if (_state is ViewerState.Idle or ViewerState.Connecting or ViewerState.AwaitsHead or ViewerState.AwaitsHub)
            Fail($"not in: {_state}");
    }

    /// <summary>Goes, if it is in; else it is charged as one that never came in.</summary>
    public void Leave()
    {
        if (!IsOpen)
        {
            GiveUpConnecting();
            return;
        }

        group.Left();
        _state = ViewerState.Closed;
        NativeSocket.Close(_descriptor);
    }

    private bool SendRequest()
    {
        if (!NativeSocket.TrySend(_descriptor, Requests.For(_endpoint)))
        {
            Fail("connection refused or reset");
            return false;
        }

        _head = new byte[Requests.MaxHeadLength];
        _headLength = 0;
        _state = ViewerState.AwaitsHead;
        return true;
    }

    private void TakeHead(ReadOnlySpan<byte> bytes, Epoll epoll, int tag)
    {
        var kept = Math.Min(bytes.Length, _head!.Length - _headLength);
        bytes[..kept].CopyTo(_head.AsSpan(_headLength));
        var before = _headLength;
        _headLength += kept;
        var end = _head.AsSpan(0, _headLength).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (_headLength == _head.Length)
                Fail("the answer's head is too long");
            return;
        }

        var head = new AnswerHead(_head.AsSpan(0, end));
        if (head.Location is { } location && _redirects++ < MaxRedirects)
        {
            NativeSocket.Close(_descriptor);
            _endpoint = _endpoint with { Port = location.Port, Path = location.PathAndQuery };
            Connect(epoll, tag);
            return;
        }

        if (!head.IsSuccess)
        {
            Fail(head.StatusLine);
            return;
        }

        _body = _endpoint.Protocol != Protocol.Sse ? new WebSocketBody() : head.IsChunked ? new ChunkedBody() : new PlainBody();
        _head = null;
        if (SpeaksSignalR)
        {
            _state = ViewerState.AwaitsHub;
            Send(Requests.HubHandshake);
        }
        else
        {
            Opened();
        }

        var rest = bytes[(end + 4 - before)..];
        if (!rest.IsEmpty && _state is ViewerState.Open or ViewerState.AwaitsHub)
            _body.Feed(rest, this, Stamp.NowMicroseconds);
    }

    private void Opened()
    {
        _state = ViewerState.Open;
        _openedAt = Stamp.NowMicroseconds;
        group.Opened(_openedAt - scheduledAt);
    }

    /// <summary>The stamp's first part came before; true when the rest of <paramref name="text"/> is still to be searched.</summary>
    private bool JoinCutStamp(ReadOnlySpan<byte> text, long now)
    {
        var added = Math.Min(Stamp.Length - _cutLength, text.Length);
        text[..added].CopyTo(_cutStamp.AsSpan(_cutLength));
        _cutLength += added;
        if (_cutLength < Stamp.Length)
            return false;
        _cutLength = 0;
        Take(_cutStamp, now);
        return true;
    }

    private bool Take(ReadOnlySpan<byte> text, long now)
    {
        if (!Stamp.TryRead(text, out var stamp))
            return false;
        // What was said before it came is a gift: it says where the stream is, and has no latency.
        if (_last == Unknown || (group.Order.After is null && stamp.DueMicroseconds < _openedAt))
        {
            _last = Math.Max(_last, stamp.Number);
            return true;
        }

        if (stamp.Number <= _last)
        {
            if (stamp.Number > (group.Order.After ?? 0))
                group.Repeated();
            return true;
        }

        if (stamp.Number > _last + 1)
            group.Missing(stamp.Number - _last - 1);
        _last = stamp.Number;
        group.PhaseAt(stamp.DueMicroseconds)?.Took(now - stamp.DueMicroseconds);
        if (group.PhaseAt(now) is { } phase)
        {
            phase.Comments++;
            _pieceOf = phase;
        }

        return true;
    }

    private void End()
    {
        if (IsOpen)
        {
            group.Closed();
            _state = ViewerState.Closed;
            NativeSocket.Close(_descriptor);
        }
        else
        {
            Fail("closed before it was in");
        }
    }

    private void Fail(string why)
    {
        if (_state is ViewerState.Failed or ViewerState.Closed)
            return;
        if (_state != ViewerState.Idle)
            NativeSocket.Close(_descriptor);
        _state = ViewerState.Failed;
        group.FailedToOpen(why);
    }
}

enum ViewerState
{
    Idle,
    Connecting,
    AwaitsHead,
    AwaitsHub,
    Open,
    Closed,
    Failed,
}
