using System.Buffers.Text;

namespace NATS.Client.Core.Internal;

/// <summary>
/// The bytes on their way to the server. Callers append whole commands to one array while the session sends the other:
/// many publishes leave in one send. Hot path; the lock is held for a copy only.
/// </summary>
/// <param name="limit">Bytes that may wait. Beyond it a publish waits for its turn, in order.</param>
internal sealed class OutgoingBuffer(int limit)
{
    private readonly Lock _gate = new();
    private readonly AsyncSignal _signal = new();
    private readonly Queue<WaitingCommand> _waiting = new();
    private byte[] _filling = new byte[limit];
    private byte[] _sending = new byte[limit];
    private int _filled;
    private int _sendingLength;
    private int _sent;
    private bool _closed;

    /// <summary>Appends one command made of two parts; waits, at most the time-out, while the buffer is full.</summary>
    /// <exception cref="NatsTimeoutException">No room in time: the command isn't sent.</exception>
    public ValueTask WriteAsync(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, TimeSpan timeout, CancellationToken cancellationToken)
    {
        WaitingCommand waiting;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(NatsConnection));
            if (_waiting.Count == 0 && HasRoom_NeedsLock(first.Length + second.Length))
            {
                Append_NeedsLock(first);
                Append_NeedsLock(second);
                _signal.Set();
                return default;
            }

            waiting = new WaitingCommand([.. first, .. second]);
            _waiting.Enqueue(waiting);
        }

        return waiting.WaitAsync(timeout, cancellationToken);
    }

    /// <summary>Appends without waiting: for the few bytes of SUB, UNSUB, PING and PONG.</summary>
    public void WriteControl(ReadOnlySpan<byte> command)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            Append_NeedsLock(command);
            _signal.Set();
        }
    }

    /// <summary>Wakes the sender, though there may be nothing to send.</summary>
    public void Wake() => _signal.Set();

    /// <summary>For the sender alone: waits until there may be something to take.</summary>
    public ValueTask WaitAsync() => _signal.WaitAsync();

    /// <summary>For the sender alone: what is to be sent next. <see cref="Sent"/> must follow.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        lock (_gate)
        {
            if (_sent < _sendingLength)
                return _sending.AsMemory(_sent, _sendingLength - _sent);
            (_filling, _sending) = (_sending, _filling);
            (_sendingLength, _filled, _sent) = (_filled, 0, 0);
            if (_filling.Length > limit * 2)
                _filling = new byte[limit]; // one large message must not hold its memory for ever
            AdmitWaiting_NeedsLock();
            return _sending.AsMemory(0, _sendingLength);
        }
    }

    /// <summary>The socket took so many bytes of what <see cref="Take"/> gave.</summary>
    public void Sent(int count)
    {
        lock (_gate)
            _sent += count;
    }

    /// <summary>
    /// Begins a new session: first <paramref name="preamble"/> (the subscriptions), then the publishes that the old
    /// session did not hand to its socket as a whole. Other commands belonged to the old session.
    /// </summary>
    public void Restart(ReadOnlySpan<byte> preamble)
    {
        lock (_gate)
        {
            var unsent = (_sending, _sent, _sendingLength);
            var unread = (_filling, 0, _filled);
            (_filling, _filled) = (new byte[limit], 0);
            (_sendingLength, _sent) = (0, 0);
            Append_NeedsLock(preamble);
            KeepPublishes_NeedsLock(unsent);
            KeepPublishes_NeedsLock(unread);
            _signal.Set();
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_waiting.TryDequeue(out var waiting))
                waiting.Refuse(new ObjectDisposedException(nameof(NatsConnection)));
        }
    }

    private bool HasRoom_NeedsLock(int count) => _filled == 0 || _filled + count <= limit;

    private void Append_NeedsLock(ReadOnlySpan<byte> bytes)
    {
        if (_filled + bytes.Length > _filling.Length)
            Array.Resize(ref _filling, Math.Max(_filled + bytes.Length, _filling.Length * 2));
        bytes.CopyTo(_filling.AsSpan(_filled));
        _filled += bytes.Length;
    }

    private void AdmitWaiting_NeedsLock()
    {
        while (_waiting.TryPeek(out var next) && HasRoom_NeedsLock(next.Command.Length))
        {
            _waiting.Dequeue();
            if (!next.TryAdmit())
                continue;
            Append_NeedsLock(next.Command);
            next.Admitted();
            _signal.Set();
        }
    }

    private void KeepPublishes_NeedsLock((byte[] Bytes, int Sent, int Length) old)
    {
        var position = 0;
        while (position < old.Length)
        {
            var rest = old.Bytes.AsSpan(position, old.Length - position);
            var line = rest[..(rest.IndexOf((byte)'\n') + 1)];
            var length = line.Length;
            var isPublish = line[0] is (byte)'P' && line[1] is (byte)'U' || line[0] is (byte)'H';
            if (isPublish)
            {
                Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int size, out _);
                length += size + 2;
            }

            // A command of which the server may have a part: it dropped that with the connection.
            if (isPublish && position + length > old.Sent)
                Append_NeedsLock(rest[..length]);
            position += length;
        }
    }

    /// <summary>A command that waits for room. It is admitted or abandoned, never both.</summary>
    private sealed class WaitingCommand(byte[] command)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _decided;

        public byte[] Command { get; } = command;

        public bool TryAdmit() => Decide();

        public void Admitted() => _done.TrySetResult();

        public void Refuse(Exception reason)
        {
            if (Decide())
                _done.TrySetException(reason);
        }

        public async ValueTask WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
        {
            try
            {
                await _done.Task.WaitAsync(timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is TimeoutException or OperationCanceledException && !_done.Task.IsCompleted)
            {
                if (!Decide())
                    await _done.Task.ConfigureAwait(false); // admitted in the same moment: it is sent
                else if (exception is TimeoutException)
                    throw new NatsTimeoutException();
                else
                    throw;
            }
        }

        private bool Decide() => Interlocked.Exchange(ref _decided, 1) == 0;
    }
}
