using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using LiveComments.Bench.Common.Machine;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>The viewers of one target, in as many processes as their sockets need.</summary>
sealed class Crowd : IAsyncDisposable
{
    /// <summary>Sockets of one viewer process: the machine gives a process 20,000 files, of which .NET needs some.</summary>
    public const int MaxInOneProcess = 19_200;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    private readonly List<Member> _members = [];

    /// <param name="processes">At least one.</param>
    public Crowd(int processes)
    {
        for (var index = 0; index < processes; index++)
            _members.Add(new Member());
    }

    public IEnumerable<int> ProcessIds => _members.Select(member => member.Id);

    public double CpuSeconds => _members.Sum(member => ProcessUsage.Of(member.Id).CpuSeconds);

    /// <summary>Shares the viewers out evenly over processes and endpoints, and returns when all are in or have failed.</summary>
    /// <param name="group">They are counted under this name.</param>
    /// <param name="endpoints">Where, in turn.</param>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">How many are started a second.</param>
    /// <param name="after">The newest comment when nobody is publishing; else null.</param>
    /// <param name="stay">How long each stays; without end when left out.</param>
    /// <param name="areDeaf">They read nothing.</param>
    public async Task<Joined> ConnectAsync(string group, IReadOnlyList<Endpoint> endpoints, int count, int perSecond, long? after, TimeSpan? stay = null, bool areDeaf = false)
    {
        // Each process has one endpoint; with fewer processes than endpoints, each has several orders.
        var parts = Math.Max(_members.Count, endpoints.Count);
        var orders = Enumerable.Range(0, parts).Select(part => (
            Member: _members[part % _members.Count],
            Order: new ConnectOrder(group, endpoints[part % endpoints.Count], Share(count, parts, part), Math.Max(1, perSecond / parts), after, (int?)stay?.TotalMilliseconds, areDeaf))).ToList();
        foreach (var (member, order) in orders)
            member.Tell(new Order { Connect = order });
        var joined = new Joined(0, 0, null, new Histogram());
        foreach (var (member, _) in orders)
        {
            var answer = (await member.AnswerAsync(MaxWait)).Connected ?? throw new InvalidOperationException("A viewer process answered something else.");
            joined.Times.Add(Histogram.FromPairs(answer.JoinTimes));
            joined = joined with { Open = joined.Open + answer.Open, Failed = joined.Failed + answer.Failed, FirstFailure = joined.FirstFailure ?? answer.FirstFailure };
        }

        return joined;
    }

    public void Enter(params PhaseOrder[] phases) => _members.ForEach(member => member.Tell(new Order { Phases = phases }));

    /// <summary>What came since the last report, by group; waits until all have the last comment, or patience ends.</summary>
    public async Task<IReadOnlyDictionary<string, Seen>> ReportAsync(long last, TimeSpan patience)
    {
        _members.ForEach(member => member.Tell(new Order { Report = new ReportOrder(last, (int)patience.TotalMilliseconds) }));
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        foreach (var member in _members)
        {
            foreach (var group in (await member.AnswerAsync(MaxWait)).Report ?? throw new InvalidOperationException("A viewer process answered something else."))
                seen[group.Group] = (seen.GetValueOrDefault(group.Group) ?? new Seen()).With(group);
        }

        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.DisposeAsync();
    }

    private static int Share(int count, int parts, int part) => (count / parts) + (part < count % parts ? 1 : 0);

    /// <summary>One viewer process.</summary>
    private sealed class Member : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly Channel<Answer> _answers = Channel.CreateUnbounded<Answer>();

        public Member()
        {
            var start = new ProcessStartInfo("dotnet", [typeof(Crowd).Assembly.Location, ViewerProcess.Argument]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            _process = Process.Start(start) ?? throw new InvalidOperationException("A viewer process did not start.");
            _process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { Length: > 0 } text)
                    _answers.Writer.TryWrite(JsonSerializer.Deserialize(text, OrdersJson.Default.Answer)!);
                else if (line.Data is null)
                    _answers.Writer.TryComplete();
            };
            _process.BeginOutputReadLine();
        }

        public int Id => _process.Id;

        public void Tell(Order order) => _process.StandardInput.WriteLine(JsonSerializer.Serialize(order, OrdersJson.Default.Order));

        public async Task<Answer> AnswerAsync(TimeSpan patience) => await _answers.Reader.ReadAsync().AsTask().WaitAsync(patience);

        public async ValueTask DisposeAsync()
        {
            // It ends when its input does.
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}

/// <summary>How a crowd came in.</summary>
/// <param name="Open">Viewers that are in.</param>
/// <param name="Failed">Viewers that were refused, or not in after the patience.</param>
/// <param name="FirstFailure">One of the reasons.</param>
/// <param name="Times">From the moment a viewer was due to start until its answer's head was there.</param>
sealed record Joined(int Open, int Failed, string? FirstFailure, Histogram Times);

/// <summary>What a group of viewers has seen, over all processes.</summary>
sealed record Seen
{
    public int Open { get; private init; }

    public int Closed { get; private init; }

    public long Missing { get; private init; }

    public long Repeated { get; private init; }

    public IReadOnlyDictionary<string, SeenInPhase> Phases { get; private init; } = new Dictionary<string, SeenInPhase>();

    public Seen With(GroupReport part) => new()
    {
        Open = Open + part.Open,
        Closed = Closed + part.Closed,
        Missing = Missing + part.Missing,
        Repeated = Repeated + part.Repeated,
        Phases = part.Phases.ToDictionary(phase => phase.Name, phase => (Phases.GetValueOrDefault(phase.Name) ?? new SeenInPhase(0, 0, 0, new Histogram())).With(phase)),
    };
}

/// <summary>Deliveries of one phase.</summary>
sealed record SeenInPhase(long Comments, long Pieces, long Bytes, Histogram Latencies)
{
    public SeenInPhase With(PhaseReport part)
    {
        var latencies = new Histogram();
        latencies.Add(Latencies);
        latencies.Add(Histogram.FromPairs(part.Latencies));
        return new SeenInPhase(Comments + part.Comments, Pieces + part.Pieces, Bytes + part.Bytes, latencies);
    }
}
