using System.Net.Sockets;

namespace LiveComments.Gateway.Relay;

/// <summary>From a node to its viewer.</summary>
sealed partial class RelayThread
{
    private void OnReady(long id, Readiness readiness)
    {
        if (!_relays.TryGetValue(id, out var relay))
        {
            if (_lines.TryGetValue(id, out var line))
            {
                if ((readiness & Readiness.Writable) != 0)
                    SayAll(line);
                if (!line.IsQueued)
                    Pass(line);
                return;
            }

            // Or nobody: it was closed after it became ready.
            if (_connections.TryGetValue(id, out var connection))
                connection.OnReady(readiness);
            return;
        }

        relay.Seen |= readiness;
        if (relay.State == RelayState.Passing)
            Pass(relay);
        else if ((readiness & (Readiness.Error | Readiness.HungUp)) != 0)
            // The node gave up a viewer that doesn't read; that viewer won't make room for what is left, either.
            End(relay, RelayEnd.NodeBroke);
    }

    private void Begin(Relay relay)
    {
        _relays.Add(relay.From.Id, relay);
        relay.ActiveTick = _tick;
        // What came before this was told to somebody else.
        relay.Seen = relay.From.Seen;
        if (Send(relay, relay.TakeReceived().Span))
            Pass(relay);
    }

    /// <summary>Gives the viewer what there is, as far as its turn and its socket allow.</summary>
    private void Pass(Relay relay)
    {
        if (relay.State != RelayState.Passing)
            return;
        for (var turn = 0; turn < ReceivesATurn; turn++)
        {
            var received = RawSocket.Receive(relay.Node, _buffer, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success || received == 0)
            {
                End(relay, error == SocketError.Success ? RelayEnd.NodeEnded : RelayEnd.NodeBroke);
                return;
            }

            relay.ActiveTick = _tick;
            if (!Send(relay, _buffer.AsSpan(0, received)))
                return;
            // That was all there was; of what comes now we are told. Only of an end that we were told of before, never again.
            if (received < BufferBytes && (relay.Seen & Readiness.Ended) == 0)
                return;
        }

        _unfinished.Enqueue(relay);
    }

    /// <summary>False when the viewer takes no more, for now or ever.</summary>
    private bool Send(Relay relay, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        relay.Passes(bytes);
        int sent;
        SocketError error;
        try
        {
            sent = RawSocket.Send(relay.Viewer, bytes, out error);
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed under us, by its owner.
            End(relay, RelayEnd.ViewerLeft);
            return false;
        }

        if (sent == bytes.Length)
            return true;
        if (error is SocketError.WouldBlock or SocketError.Success)
        {
            relay.State = RelayState.Blocked;
            _ = SendRestAsync(relay, bytes[sent..].ToArray());
        }
        else
        {
            End(relay, RelayEnd.ViewerLeft);
        }

        return false;
    }

    private async Task SendRestAsync(Passage passage, ReadOnlyMemory<byte> rest)
    {
        var (kind, bytes) = (MessageKind.Writable, rest.Length);
        try
        {
            while (!rest.IsEmpty)
                rest = rest[await passage.To.SendAsync(rest, SocketFlags.None)..];
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            kind = MessageKind.ViewerLeft;
        }

        Post(new Message(kind, passage, bytes));
    }

    private void OnWritable(Relay relay)
    {
        if (relay.State != RelayState.Blocked)
            return;
        relay.State = RelayState.Passing;
        relay.ActiveTick = _tick;
        Pass(relay);
    }

    private void End(Relay relay, RelayEnd end)
    {
        if (relay.State == RelayState.Ended)
            return;
        _relays.Remove(relay.From.Id);
        relay.From.CloseSocket();
        if (end == RelayEnd.Shutdown && relay is { State: RelayState.Passing, IsWhole: true })
            SayWhenToComeBack(relay);
        if (end is RelayEnd.NodeEnded or RelayEnd.Shutdown)
            SayFarewell(relay.To);
        relay.End(end);
    }

    /// <summary>And ends the body. A viewer that doesn't take even that is cut off, as everybody is who is amid an event.</summary>
    private static void SayWhenToComeBack(Relay relay)
    {
        try
        {
            RawSocket.Send(relay.Viewer, Farewell.AtShutdown(), out _);
        }
        catch (ObjectDisposedException)
        {
            // It has just gone by itself.
        }
    }

    /// <summary>The viewer finds the end behind what it was sent; and the web server can send nothing any more, such as an end of its own.</summary>
    private static void SayFarewell(Socket viewer)
    {
        try
        {
            viewer.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has just gone by itself.
        }
    }
}
