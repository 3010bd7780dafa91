using System.Net.Sockets;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>
/// Hot path. What is put on a trunk. Viewers who are sent the same bytes one after another, as nearly all are, are in one record: each of them is a
/// number more in it.
/// </summary>
sealed partial class Trunk
{
    /// <summary>
    /// What waits for the connection before everybody has to wait: some dozen frames for thousands of viewers, with what the kernel holds on both sides.
    /// </summary>
    private const int MostPendingBytes = 256 * 1024;

    private const int FewestPendingBytes = 16 * 1024;

    private readonly uint[] _numbers = new uint[TrunkProtocol.MostNumbers];
    private readonly HashSet<RoomSlice> _waitingSlices = [];
    private List<TrunkViewer> _waitingViewers = [];

    // The record that viewers are being added to.
    private byte[] _bytes = [];
    private int _from;
    private int _length;
    private int _count;

    private byte[] _pending = new byte[FewestPendingBytes];
    private byte[] _spare = new byte[FewestPendingBytes];
    private int _pendingBytes;
    private int _underwayBytes;
    private bool _flushesSoon;
    private TaskCompletionSource? _idle;

    /// <summary>How many of the bytes from there on go out to the viewer: as many as it has credit for, or none while there is no room.</summary>
    public int Take(TrunkViewer viewer, byte[] bytes, int from)
    {
        var length = Math.Min(bytes.Length - from, viewer.Credit);
        if (length == 0 || _isLost)
            return 0;
        if (_count == TrunkProtocol.MostNumbers || !ReferenceEquals(bytes, _bytes) || from != _from || length != _length)
        {
            CloseRecord();
            if (!HasRoom)
            {
                _waitingViewers.Add(viewer);
                return 0;
            }

            (_bytes, _from, _length) = (bytes, from, length);
            FlushSoon();
        }

        _numbers[_count++] = viewer.Number;
        return length;
    }

    /// <summary>True when there is no room: the slice will be told when there is.</summary>
    public bool MustWait(RoomSlice slice)
    {
        if (HasRoom || _isLost)
            return false;
        _waitingSlices.Add(slice);
        return true;
    }

    /// <summary>Gives the connection what it takes of all that was put here.</summary>
    public void Flush()
    {
        _flushesSoon = false;
        CloseRecord();
        if (_isLost || _underwayBytes > 0)
            return;
        if (_pendingBytes == 0)
        {
            _idle?.TrySetResult();
            return;
        }

        var sent = 0;
        SocketError error;
        try
        {
            sent = socket.Send(_pending.AsSpan(0, _pendingBytes), SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.ConnectionReset;
        }

        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            LoseSoon(TrunkEnd.Closed);
        }
        else if (sent == _pendingBytes)
        {
            _pendingBytes = 0;
            _idle?.TrySetResult();
            if (_waitingSlices.Count > 0 || _waitingViewers.Count > 0)
                writer.Call(WakeWaiting);
        }
        else
        {
            SendRest(sent);
        }
    }

    /// <summary>Completes when everything has left that was put here before, or never will.</summary>
    public Task FinishAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Call(() =>
        {
            _idle = idle;
            if (_isLost)
                idle.TrySetResult();
            FlushSoon();
        });
        return idle.Task;
    }

    private bool HasRoom => _pendingBytes + _underwayBytes < MostPendingBytes;

    private void SayEnd(uint number, bool whole, ReadOnlySpan<byte> farewell)
    {
        CloseRecord();
        Put(NodeRecordKind.End, whole, [number], farewell);
        FlushSoon();
    }

    private void CloseRecord()
    {
        if (_count == 0)
            return;
        // Whoever sends sends whole chunks; only what was taken of them may end within one.
        Put(NodeRecordKind.Bytes, _from + _length == _bytes.Length, _numbers.AsSpan(0, _count), _bytes.AsSpan(_from, _length));
        (_bytes, _count) = ([], 0);
    }

    private void Put(NodeRecordKind kind, bool whole, ReadOnlySpan<uint> numbers, ReadOnlySpan<byte> bytes)
    {
        var needed = _pendingBytes + NodeRecord.MostLength;
        if (_pending.Length < needed)
            Array.Resize(ref _pending, Math.Max(needed, _pending.Length * 2));
        _pendingBytes += NodeRecord.WriteHead(_pending.AsSpan(_pendingBytes), kind, whole, numbers, bytes.Length);
        bytes.CopyTo(_pending.AsSpan(_pendingBytes));
        _pendingBytes += bytes.Length;
    }

    private void FlushSoon()
    {
        if (_flushesSoon)
            return;
        _flushesSoon = true;
        writer.FlushSoon(this);
    }

    private void SendRest(int sent)
    {
        var rest = _pending.AsMemory(sent, _pendingBytes - sent);
        (_pending, _spare) = (_spare, _pending);
        (_pendingBytes, _underwayBytes) = (0, rest.Length);
        StuckSince = writer.Now;
        writer.Watch(this);
        _ = SendRestAsync(rest);
    }

    private async Task SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        try
        {
            while (!rest.IsEmpty)
                rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            LoseSoon(TrunkEnd.Closed);
            return;
        }

        writer.Call(OnRestSent);
    }

    private void OnRestSent()
    {
        _underwayBytes = 0;
        writer.Unwatch(this);
        FlushSoon();
        WakeWaiting();
    }

    private void WakeWaiting()
    {
        if (_isLost || !HasRoom)
            return;
        foreach (var slice in _waitingSlices)
            writer.Enqueue(slice);
        _waitingSlices.Clear();
        var waiting = _waitingViewers;
        _waitingViewers = [];
        foreach (var viewer in waiting)
            GoOn(viewer);
    }
}
