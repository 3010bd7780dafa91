using System.Net.Sockets;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>
/// The node's end of one connection to a gateway, over which that gateway's viewers are told what they are told: see
/// <see cref="TrunkProtocol"/>. It belongs to its writer thread.
/// </summary>
/// <remarks>
/// 1. A viewer without credit is blocked, as one whose socket is full: all that holds for slow readers holds for it.
/// 2. What lies here, because the connection takes no more, is bounded; past the bound whole rooms wait, in step, and who is not in step is blocked.
/// 3. A trunk that takes nothing for as long as a slow viewer may is given up, and all its viewers with it.
/// 4. A request that the gateway gave up may have been served all the same: who is said to be gone before it has come isn't let in.
/// 5. An <see cref="NodeRecordKind.End"/> is the last word on a viewer. The gateway is answered with one, too, when it speaks of a viewer who is not here any more.
/// </remarks>
sealed partial class Trunk(WriterThread writer, Socket socket, TrunkMetrics metrics, Action<TrunkEnd, int> onEnd)
{
    // Of requests that were given up just when they were answered: a storm's second. Whoever is forgotten is blocked before long, and closed.
    private const int MostEarlyLeavers = 2_048;

    private readonly Dictionary<uint, TrunkViewer> _viewers = [];
    private readonly HashSet<uint> _earlyLeavers = [];
    private readonly Queue<uint> _earlyLeaversInOrder = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isLost;

    public WriterThread Writer => writer;

    /// <summary>Completes when the connection is given up, or has broken.</summary>
    public Task Lost => _lost.Task;

    /// <summary>To be asked by anybody.</summary>
    public bool IsLost => _isLost;

    /// <summary>In ticks of the writer thread.</summary>
    public int StuckSince { get; private set; }

    /// <summary>False when the viewer can't be reached over this any more, or its number is another's.</summary>
    public bool TryEnter(TrunkViewer viewer)
    {
        if (_isLost || _earlyLeavers.Remove(viewer.Number))
            return false;
        if (!_viewers.TryAdd(viewer.Number, viewer))
        {
            LoseSoon(TrunkEnd.Muddled);
            return false;
        }

        metrics.Arrived();
        return true;
    }

    /// <summary>The viewer is told nothing more.</summary>
    public void Leave(TrunkViewer viewer, CloseReason reason, bool whole)
    {
        // Who was not let in leaves nothing behind, least of all another of that number.
        if (_viewers.GetValueOrDefault(viewer.Number) != viewer)
            return;
        _viewers.Remove(viewer.Number);
        metrics.Left();
        if (!_isLost)
            SayEnd(viewer.Number, whole, whole ? Farewell(reason) : []);
    }

    /// <summary>What the gateway says.</summary>
    public void Hear(IReadOnlyList<GatewayRecord> records)
    {
        foreach (var record in records)
        {
            if (_isLost)
                return;
            var viewer = _viewers.GetValueOrDefault(record.Number);
            if (record.Kind == GatewayRecordKind.Gone)
            {
                if (viewer is not null)
                    writer.Close(viewer, CloseReason.Left, whole: false);
                else
                    RememberEarlyLeaver(record.Number);
            }
            else if (viewer is null)
            {
                // It has been closed before the gateway could know.
                SayEnd(record.Number, whole: true, HttpChunk.Last);
            }
            else if (!viewer.TryCredit(record.Amount))
            {
                Lose(TrunkEnd.Muddled);
            }
            else
            {
                GoOn(viewer);
            }
        }
    }

    /// <summary>Nothing can be said over it any more, and nobody be reached. Not amid a walk.</summary>
    public void Lose(TrunkEnd end)
    {
        if (_isLost)
            return;
        _isLost = true;
        writer.Unwatch(this);
        var viewers = _viewers.Values.ToList();
        foreach (var viewer in viewers)
            writer.Close(viewer, end == TrunkEnd.TooSlow ? CloseReason.TooSlow : CloseReason.Left, whole: false);
        _idle?.TrySetResult();
        onEnd(end, viewers.Count);
        _lost.SetResult();
    }

    /// <summary>The same, from wherever the writer thread is.</summary>
    public void LoseSoon(TrunkEnd end) => writer.Call(() => Lose(end));

    private static byte[] Farewell(CloseReason reason) =>
        reason == CloseReason.Shutdown ? [.. HttpChunk.Of(SseRetry.AtShutdown()), .. HttpChunk.Last] : HttpChunk.Last;

    /// <summary>Or it has left before; a number never comes again, so it does no harm to remember that.</summary>
    private void RememberEarlyLeaver(uint number)
    {
        if (!_earlyLeavers.Add(number))
            return;
        _earlyLeaversInOrder.Enqueue(number);
        if (_earlyLeaversInOrder.Count > MostEarlyLeavers)
            _earlyLeavers.Remove(_earlyLeaversInOrder.Dequeue());
    }

    /// <summary>For who was blocked, and may not be any more.</summary>
    private void GoOn(TrunkViewer viewer)
    {
        if (viewer.State == ViewerState.Blocked && viewer.TrySendRest())
            writer.OnWritable(viewer);
    }
}
