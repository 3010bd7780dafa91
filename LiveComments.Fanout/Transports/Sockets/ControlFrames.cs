namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>
/// Counts the control frames that a client sends. The runtime's WebSocket answers each ping by itself, as soon as it is read, and tells nobody: a flood of
/// them would keep a core busy, whatever the pace at which messages are read. Of a client that sends too many nothing more is read to any purpose.
/// </summary>
/// <param name="inner">What the handshake has left: the connection.</param>
/// <param name="clock">Refills what may come.</param>
sealed class ControlFrames(Stream inner, TimeProvider clock) : Stream
{
    // Pongs to our heartbeats are one in a second at most; a client that pings does so a few times a minute.
    private const int FramesPerSecond = 20;
    private const int Burst = 120;

    private const int OpcodeBits = 0x0F;
    private const int FirstControlOpcode = 8;
    private const int MaskBit = 0x80;
    private const int LengthBits = 0x7F;
    private const int LengthInTwoBytes = 126;
    private const int LengthInEightBytes = 127;
    private const int MaskBytes = 4;

    private double _allowance = Burst;
    private long _allowedAt = clock.GetTimestamp();
    private bool _tooMany;

    // Where in a frame the next byte is: in its first two, in the rest of its header, or in its payload.
    private int _headerByte;
    private int _opcode;
    private int _lengthBytesLeft;
    private int _maskBytesLeft;
    private ulong _length;
    private ulong _payloadLeft;

    /// <summary>Told once, while the flood is being read.</summary>
    public Action? TooMany { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count > 0)
                Count(buffer.Span[..count]);
            // Taken off the wire, so that our close is not cut off by what lies unread, and dropped.
            if (!_tooMany || count == 0)
                return count;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_tooMany)
        {
            if (_payloadLeft > 0)
            {
                var skipped = (int)Math.Min((ulong)bytes.Length, _payloadLeft);
                _payloadLeft -= (ulong)skipped;
                bytes = bytes[skipped..];
                continue;
            }

            ReadHeader(bytes[0]);
            bytes = bytes[1..];
        }
    }

    private void ReadHeader(byte next)
    {
        if (_headerByte == 0)
        {
            (_opcode, _headerByte) = (next & OpcodeBits, 1);
            return;
        }

        if (_headerByte == 1)
        {
            var length = next & LengthBits;
            _lengthBytesLeft = length switch { LengthInTwoBytes => 2, LengthInEightBytes => 8, _ => 0 };
            _length = _lengthBytesLeft > 0 ? 0 : (ulong)length;
            _maskBytesLeft = (next & MaskBit) != 0 ? MaskBytes : 0;
            _headerByte = 2;
        }
        else if (_lengthBytesLeft > 0)
        {
            _length = (_length << 8) | next;
            _lengthBytesLeft--;
        }
        else
        {
            _maskBytesLeft--;
        }

        if (_lengthBytesLeft > 0 || _maskBytesLeft > 0)
            return;
        (_headerByte, _payloadLeft) = (0, _length);
        if (_opcode >= FirstControlOpcode)
            Take();
    }

    private void Take()
    {
        var now = clock.GetTimestamp();
        _allowance = Math.Min(Burst, _allowance + (clock.GetElapsedTime(_allowedAt, now).TotalSeconds * FramesPerSecond)) - 1;
        _allowedAt = now;
        if (_allowance >= 0)
            return;
        _tooMany = true;
        TooMany?.Invoke();
    }
}
