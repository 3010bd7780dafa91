using System.Collections.Concurrent;
using System.Net;
using LiveComments.Bench.Common.Sockets;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>All viewers of one process, on one thread.</summary>
/// <remarks>
/// 1. Take orders. 2. Start the connections that are due: at a stated rate, however slowly the server takes them.
/// 3. Wait for sockets, and let each viewer read. 4. Send the pings that SignalR's clients owe. 5. Answer what is answered.
/// </remarks>
sealed class ViewerLoop(ConcurrentQueue<Order> orders, Action<Answer> answer) : IDisposable
{
    // One read takes a batch of many comments whole.
    private const int BufferLength = 64 * 1024;
    private const int MaxEventsAtOnce = 512;

    // So that a flood of connections due does not keep those that are in from being read.
    private const int MaxConnectsAtOnce = 64;

    private static readonly TimeSpan WaitForOrders = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WaitWhileConnecting = TimeSpan.FromMilliseconds(1);
    private const long ConnectPatienceMicroseconds = 30_000_000;

    // What SignalR's own clients do.
    private const long HubPingMicroseconds = 15_000_000;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferLength, pinned: true);
    private readonly Epoll _epoll = new(MaxEventsAtOnce);
    private readonly List<Viewer> _viewers = [];
    private readonly List<ViewerGroup> _groups = [];
    private ReportOrder? _report;
    private long _reportUntil;
    private long _pingedAt = Stamp.NowMicroseconds;
    private int _nextPing;

    public void Run(Func<bool> goesOn)
    {
        while (goesOn())
        {
            // 1.
            while (orders.TryDequeue(out var order))
                Take(order);
            // 2.
            var connecting = StartConnections();
            // 3.
            var ready = _epoll.Wait(connecting ? WaitWhileConnecting : WaitForOrders);
            for (var index = 0; index < ready; index++)
            {
                var tag = _epoll.TagAt(index);
                _viewers[tag].OnChange(_buffer, _epoll, tag);
            }

            // 4.
            Ping();
            // 5.
            AnswerOrders();
        }
    }

    public void Dispose() => _epoll.Dispose();

    private void Take(Order order)
    {
        if (order.Connect is { } connect)
            _groups.Add(new ViewerGroup(connect));
        foreach (var group in order.Phases is null ? [] : _groups)
            group.Enter(order.Phases!);
        if (order.Report is { } report)
            (_report, _reportUntil) = (report, Stamp.NowMicroseconds + (report.PatienceMs * 1000L));
    }

    private bool StartConnections()
    {
        var connecting = false;
        foreach (var group in _groups)
        {
            var order = group.Order;
            if (group.Viewers.Count == order.Count)
                continue;
            connecting = true;
            var due = Math.Min(order.Count, (Stamp.NowMicroseconds - group.StartedAt) * order.PerSecond / 1_000_000);
            for (var started = 0; group.Viewers.Count < due && started < MaxConnectsAtOnce; started++)
            {
                var scheduledAt = group.StartedAt + (group.Viewers.Count * 1_000_000L / order.PerSecond);
                var viewer = new Viewer(group, SourceOf(_viewers.Count), scheduledAt);
                group.Viewers.Add(viewer);
                _viewers.Add(viewer);
                viewer.Connect(_epoll, _viewers.Count - 1);
            }
        }

        return connecting;
    }

    // Each viewer has an address of its own, as in life; the second byte tells the processes of a run apart.
    private static IPAddress SourceOf(int viewer) =>
        new([127, (byte)(64 + (Environment.ProcessId % 128)), (byte)(viewer >> 8), (byte)viewer]);

    private void Ping()
    {
        var now = Stamp.NowMicroseconds;
        var due = (now - _pingedAt) * _viewers.Count / HubPingMicroseconds;
        if (due == 0 || !_viewers[^1].SpeaksSignalR)
            return;
        _pingedAt = now;
        for (; due > 0; due--)
        {
            _nextPing = (_nextPing + 1) % _viewers.Count;
            if (_viewers[_nextPing].IsOpen)
                _viewers[_nextPing].Send(Requests.HubPing);
        }
    }

    private void AnswerOrders()
    {
        foreach (var group in _groups)
        {
            if (!group.IsAnswered && Stamp.NowMicroseconds > group.StartedAt + (group.Order.Count * 1_000_000L / group.Order.PerSecond) + ConnectPatienceMicroseconds)
                group.Viewers.ForEach(viewer => viewer.GiveUpConnecting());
            group.LetLeave(Stamp.NowMicroseconds);
            if (group.TakeAnswer() is { } connected)
                answer(new Answer { Connected = connected });
        }

        if (_report is not { } report || (Stamp.NowMicroseconds < _reportUntil && !_viewers.TrueForAll(viewer => viewer.Has(report.Last))))
            return;
        // An end that came together with the last bytes was no change of its own.
        for (var tag = 0; tag < _viewers.Count; tag++)
        {
            _viewers[tag].HearAtLast(_buffer, _epoll, tag);
            _viewers[tag].OnChange(_buffer, _epoll, tag);
        }

        answer(new Answer { Report = [.. _groups.Select(group => group.TakeReport(report.Last))] });
        _report = null;
    }
}
