using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Gateway.Relay.Trunks;

/// <summary>
/// The gateway's end of a trunk: see <see cref="TrunkProtocol"/>. All but <see cref="TakeNumber"/>, <see cref="IsOpen"/> and <see cref="GiveUp"/> belongs to
/// its relay thread.
/// </summary>
sealed class TrunkLine(NodeConnection from, string id, ReadOnlyMemory<byte> received)
{
    /// <summary>A record, and what else a receive brings.</summary>
    private const int BufferBytes = 2 * NodeRecord.MostLength;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private byte[] _unsaid = [];
    private int _unsaidBytes;
    private int _at;
    private int _end;
    private uint _lastNumber;
    private volatile bool _isOpen = true;

    public NodeConnection From => from;

    public RelayThread Thread => from.Thread;

    public string Id => id;

    /// <summary>False from when it broke: nobody new goes over it.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    public Dictionary<uint, TrunkStream> Streams { get; } = [];

    /// <summary>In ticks of the relay thread; when anything last came.</summary>
    public int ActiveTick { get; set; }

    /// <summary>It waits for its next turn.</summary>
    public bool IsQueued { get; set; }

    /// <summary>What has come and is not yet handled.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_at, _end - _at);

    /// <summary>What is to be said to the node.</summary>
    public ReadOnlySpan<byte> Unsaid => _unsaid.AsSpan(0, _unsaidBytes);

    /// <summary>A number that no viewer of this trunk ever had.</summary>
    public uint TakeNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Nobody will come by that number; the node need not wait for them.</summary>
    public void GiveUp(uint number) => Thread.GiveUp(this, number);

    /// <summary>What came along with the answer by which it was opened.</summary>
    public void Begin()
    {
        received.Span.CopyTo(_buffer);
        _end = received.Length;
        received = default;
    }

    /// <summary>Where the next bytes may be put. There is always some place: no part of a record fills the buffer.</summary>
    public Span<byte> Free()
    {
        if (_at > 0)
        {
            Unread.CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
        }

        return _buffer.AsSpan(_end);
    }

    public void Received(int bytes) => _end += bytes;

    public void Handled(int bytes) => _at += bytes;

    public void Say(GatewayRecord record)
    {
        if (_unsaid.Length < _unsaidBytes + GatewayRecord.Length)
            Array.Resize(ref _unsaid, Math.Max(_unsaidBytes + GatewayRecord.Length, _unsaid.Length * 2));
        record.Write(_unsaid.AsSpan(_unsaidBytes));
        _unsaidBytes += GatewayRecord.Length;
    }

    public void Said(int bytes)
    {
        Unsaid[bytes..].CopyTo(_unsaid);
        _unsaidBytes -= bytes;
    }
}
