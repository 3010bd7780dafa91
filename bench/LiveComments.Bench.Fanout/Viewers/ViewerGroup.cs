namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>Viewers that are counted together, and what they have seen since the last report.</summary>
sealed class ViewerGroup(ConnectOrder order)
{
    private readonly Histogram _joins = new();
    private PhaseCounts[] _phases = [];
    private string? _firstFailure;
    private int _closed;
    private int _left;
    private int _nextToLeave;
    private long _missing;
    private long _repeated;

    public ConnectOrder Order { get; } = order;

    public List<Viewer> Viewers { get; } = new(order.Count);

    public int Open { get; private set; }

    public int Failed { get; private set; }

    public long StartedAt { get; } = Stamp.NowMicroseconds;

    /// <summary>All were in, or had failed, and that was told.</summary>
    public bool IsAnswered { get; private set; }

    public void Enter(PhaseOrder[] phases) => _phases = [.. phases.Select(phase => new PhaseCounts(phase))];

    public void Opened(long afterMicroseconds)
    {
        Open++;
        _joins.Add(afterMicroseconds);
    }

    public void FailedToOpen(string why)
    {
        Failed++;
        _firstFailure ??= why;
    }

    public void Closed()
    {
        Open--;
        _closed++;
    }

    public void Left()
    {
        Open--;
        _left++;
    }

    /// <summary>Ends the stay of those whose time is over.</summary>
    public void LetLeave(long now)
    {
        if (Order.StayMs is not { } stayMs)
            return;
        while (_nextToLeave < Viewers.Count && Viewers[_nextToLeave].ScheduledAt + (stayMs * 1000L) < now)
            Viewers[_nextToLeave++].Leave();
    }

    public void Missing(long comments) => _missing += comments;

    public void Repeated() => _repeated++;

    /// <summary>Called twice for each delivery.</summary>
    public PhaseCounts? PhaseAt(long microseconds)
    {
        foreach (var phase in _phases)
        {
            if (microseconds >= phase.From && microseconds < phase.To)
                return phase;
        }

        return null;
    }

    /// <summary>Once, when all are in or have failed.</summary>
    public ConnectedAnswer? TakeAnswer()
    {
        if (IsAnswered || Open + _closed + _left + Failed < Order.Count)
            return null;
        IsAnswered = true;
        return new ConnectedAnswer(Order.Group, Open, Failed, _firstFailure, _joins.ToPairs());
    }

    public GroupReport TakeReport(long last)
    {
        foreach (var viewer in Viewers)
            _missing += viewer.Behind(last);
        var report = new GroupReport(Order.Group, Open, _closed, _missing, _repeated, [.. _phases.Select(phase => phase.ToReport())]);
        (_missing, _repeated, _phases) = (0, 0, []);
        return report;
    }

    /// <summary>What counts for one phase.</summary>
    public sealed class PhaseCounts(PhaseOrder order)
    {
        private readonly Histogram _latencies = new();

        public long From { get; } = order.FromMicroseconds;

        public long To { get; } = order.ToMicroseconds;

        public long Comments { get; set; }

        public long Pieces { get; set; }

        public long Bytes { get; set; }

        public void Took(long latencyMicroseconds) => _latencies.Add(latencyMicroseconds);

        public PhaseReport ToReport() => new(order.Name, Comments, Pieces, Bytes, _latencies.ToPairs());
    }
}
