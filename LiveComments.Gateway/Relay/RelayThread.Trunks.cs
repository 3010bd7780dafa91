using System.Net.Sockets;
using System.Text;
using LiveComments.Gateway.Relay.Trunks;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Gateway.Relay;

/// <summary>From trunks to the viewers that are reached over them.</summary>
/// <remarks>
/// 1. A record's bytes go straight from the trunk's buffer to the socket of each of its viewers.
/// 2. A viewer that takes only a part gets the rest by an asynchronous send. What comes for it meanwhile is kept, which its credit bounds.
/// 3. Credit is given back as the viewer's socket takes bytes; the node does with a viewer without credit what it does with a full socket.
/// 4. A node that sends beyond the credit, or what is no record, is hung up on: nothing that it said could be trusted.
/// </remarks>
sealed partial class RelayThread
{
    // A millisecond's work, more or less; then it is the others' turn.
    private const int SendsATurn = 256;

    // Credit is given back in pieces of this, so that it costs a record for dozens of frames.
    private const int CreditPiece = TrunkProtocol.Window / 2;

    private readonly Dictionary<long, TrunkLine> _lines = [];
    private readonly Queue<TrunkLine> _unfinishedLines = new();
    private readonly List<TrunkLine> _toSay = [];

    // Their nodes have forgotten them; they have only to take what is left.
    private readonly HashSet<TrunkStream> _leaving = [];

    /// <summary>The trunk is this thread's from here on.</summary>
    public void Start(TrunkLine line) => Post(new Message(MessageKind.StartLine, line));

    /// <summary>See <see cref="TrunkLine.GiveUp"/>.</summary>
    public void GiveUp(TrunkLine line, uint number) => Post(new Message(MessageKind.GiveUp, (line, number)));

    private void Begin(TrunkLine line)
    {
        _lines.Add(line.From.Id, line);
        _metrics.TrunkOpened();
        line.ActiveTick = _tick;
        line.Begin();
        Pass(line);
    }

    private void Begin(TrunkStream stream)
    {
        stream.ActiveTick = _tick;
        if (!stream.Line.IsOpen || !stream.Line.Streams.TryAdd(stream.Number, stream))
        {
            stream.End(RelayEnd.NodeBroke);
            return;
        }

        stream.Credit = TrunkProtocol.Window;
        Say(stream.Line, new GatewayRecord(GatewayRecordKind.Credit, stream.Number, TrunkProtocol.Window));
    }

    /// <summary>Hands on what has come over the trunk, as far as its turn allows.</summary>
    private void Pass(TrunkLine line)
    {
        for (var sends = 0; line.IsOpen;)
        {
            while (sends < SendsATurn && TryHandle(line, ref sends))
            {
            }

            if (!line.IsOpen)
                return;
            if (sends >= SendsATurn)
            {
                if (!line.IsQueued)
                    _unfinishedLines.Enqueue(line);
                line.IsQueued = true;
                return;
            }

            int received;
            SocketError error;
            received = RawSocket.Receive(line.From.Socket.SafeHandle, line.Free(), out error);
            if (error == SocketError.WouldBlock)
                return;
            if (received == 0)
            {
                Break(line, "the node closed it", isFault: false);
                return;
            }

            line.ActiveTick = _tick;
            line.Received(received);
        }
    }

    /// <summary>Handles one record; false when none is there, whole.</summary>
    private bool TryHandle(TrunkLine line, ref int sends)
    {
        switch (NodeRecord.TryRead(line.Unread, out var record))
        {
            case TrunkReading.Part:
                return false;
            case TrunkReading.Malformed:
                Break(line, "the node said what is no record", isFault: true);
                return false;
        }

        sends += record.Count;
        if (record.Kind == NodeRecordKind.End)
        {
            if (line.Streams.Remove(record.Number(0), out var ended))
                Finish(ended, record.IsWhole ? RelayEnd.NodeEnded : RelayEnd.NodeBroke, record.Bytes);
        }
        else if (!TryDeliver(line, record))
        {
            Break(line, "the node sent more than it had credit for", isFault: true);
            return false;
        }

        line.Handled(record.Length);
        return true;
    }

    private bool TryDeliver(TrunkLine line, NodeRecord record)
    {
        var bytes = record.Bytes;
        for (var index = 0; index < record.Count; index++)
        {
            // Or the viewer has left, and the node will hear of it.
            if (!line.Streams.TryGetValue(record.Number(index), out var stream))
                continue;
            stream.Credit -= bytes.Length;
            if (stream.Credit < 0)
                return false;
            stream.IsWhole = record.IsWhole;
            Give(stream, bytes);
        }

        return true;
    }

    private void Give(TrunkStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream.State == RelayState.Blocked)
        {
            stream.Keep(bytes);
            return;
        }

        int sent;
        SocketError error;
        try
        {
            sent = RawSocket.Send(stream.Viewer, bytes, out error);
        }
        catch (ObjectDisposedException)
        {
            (sent, error) = (0, SocketError.ConnectionReset);
        }

        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            Leave(stream, RelayEnd.ViewerLeft);
            return;
        }

        Took(stream, sent);
        if (sent < bytes.Length)
            Block(stream, bytes[sent..].ToArray());
    }

    /// <summary>Ends the stream behind what is underway to the viewer, by this farewell; or at once, when what came last was no whole.</summary>
    private void Finish(TrunkStream stream, RelayEnd end, ReadOnlySpan<byte> farewell)
    {
        if (end == RelayEnd.NodeBroke || !stream.IsWhole)
        {
            if (end == RelayEnd.Shutdown)
                SayFarewell(stream.To);
            stream.End(end == RelayEnd.NodeEnded ? RelayEnd.NodeBroke : end);
            return;
        }

        stream.Ending = end;
        if (!farewell.IsEmpty)
            Give(stream, farewell);
        if (stream.State == RelayState.Passing)
            EndProperly(stream);
        else if (stream.State == RelayState.Blocked)
            _leaving.Add(stream);
    }

    private void Took(TrunkStream stream, int bytes)
    {
        stream.ActiveTick = _tick;
        stream.Taken += bytes;
        if (stream.Taken < CreditPiece || stream.Ending is not null)
            return;
        Say(stream.Line, new GatewayRecord(GatewayRecordKind.Credit, stream.Number, stream.Taken));
        stream.Credit += stream.Taken;
        stream.Taken = 0;
    }

    private void Block(TrunkStream stream, ReadOnlyMemory<byte> rest)
    {
        stream.State = RelayState.Blocked;
        _ = SendRestAsync(stream, rest);
    }

    private void OnWritable(TrunkStream stream, int sent)
    {
        if (stream.State != RelayState.Blocked)
            return;
        stream.State = RelayState.Passing;
        Took(stream, sent);
        if (stream.TakeKept() is { IsEmpty: false } kept)
            Give(stream, kept.Span);
        if (stream is { State: RelayState.Passing, Ending: not null })
            EndProperly(stream);
    }

    private void EndProperly(TrunkStream stream)
    {
        _leaving.Remove(stream);
        SayFarewell(stream.To);
        stream.End(stream.Ending!.Value);
    }

    /// <summary>The viewer is done for; the node is told, if it doesn't know already.</summary>
    private void Leave(TrunkStream stream, RelayEnd end)
    {
        if (stream.State == RelayState.Ended)
            return;
        Forget(stream);
        _leaving.Remove(stream);
        stream.End(end);
    }

    private void Forget(TrunkStream stream)
    {
        if (stream.Line.Streams.Remove(stream.Number))
            Say(stream.Line, new GatewayRecord(GatewayRecordKind.Gone, stream.Number, 0));
    }

    /// <summary>The viewer is told when to come back, if it has got whole events so far, and its stream ends.</summary>
    private void Dismiss(TrunkStream stream)
    {
        if (stream.Ending is not null || stream.State == RelayState.Ended)
            return;
        Forget(stream);
        Finish(stream, RelayEnd.Shutdown, Farewell.AtShutdown());
    }

    private void Break(TrunkLine line, string why, bool isFault)
    {
        if (!line.IsOpen)
            return;
        line.IsOpen = false;
        _lines.Remove(line.From.Id);
        line.From.CloseSocket();
        _metrics.TrunkClosed();
        if (isFault)
            GaveUp(line.Streams.Count, why);
        else
            Closed(line.Streams.Count, why);
        foreach (var stream in line.Streams.Values)
            stream.End(RelayEnd.NodeBroke);
        line.Streams.Clear();
    }

    /// <summary>Soon: with all that is to be said until this thread rests.</summary>
    private void Say(TrunkLine line, GatewayRecord record)
    {
        if (!line.IsOpen)
            return;
        if (line.Unsaid.IsEmpty)
            _toSay.Add(line);
        line.Say(record);
    }

    private void SayAll()
    {
        foreach (var line in _toSay)
            SayAll(line);
        _toSay.Clear();
    }

    private void SayAll(TrunkLine line)
    {
        if (!line.IsOpen || line.Unsaid.IsEmpty)
            return;
        var sent = RawSocket.Send(line.From.Socket.SafeHandle, line.Unsaid, out var error);
        if (error is SocketError.Success or SocketError.WouldBlock)
            // What is left goes when the socket is said to be writable.
            line.Said(sent);
        else
            Break(line, "its connection broke", isFault: false);
    }

    private void EndSilent(int before)
    {
        foreach (var line in _lines.Values)
        {
            if (line.Streams.Count > 0 && line.ActiveTick < before)
                Break(line, "the node is silent", isFault: true);
            foreach (var stream in line.Streams.Values)
            {
                if (stream.ActiveTick < before)
                    Leave(stream, RelayEnd.Silent);
            }
        }

        foreach (var stream in _leaving)
        {
            if (stream.ActiveTick < before)
                Leave(stream, RelayEnd.Silent);
        }
    }

    private IEnumerable<TrunkStream> Streams => _lines.Values.SelectMany(line => line.Streams.Values);

    [LoggerMessage(LogLevel.Information, "A trunk has ended, and with it the streams of {Streams} viewers: {Why}.")]
    private partial void Closed(int streams, string why);

    [LoggerMessage(LogLevel.Warning, "A trunk is given up, and with it the streams of {Streams} viewers: {Why}.")]
    private partial void GaveUp(int streams, string why);
}
