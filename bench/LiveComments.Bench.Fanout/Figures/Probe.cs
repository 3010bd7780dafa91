using LiveComments.Bench.Common.Machine;

namespace LiveComments.Bench.Fanout.Figures;

/// <summary>What all processes of the benchmark have used until now.</summary>
sealed record Probe(long AtMicroseconds, IReadOnlyDictionary<string, ProcessUsage> Servers, double Viewers, double Publisher, double Known, double Busy)
{
    /// <param name="stage">Whose servers count by name.</param>
    /// <param name="allProcesses">Every process that the benchmark started, of other stages too.</param>
    public static Probe Take(Stage stage, IEnumerable<int> allProcesses)
    {
        var self = ProcessUsage.OfSelf().CpuSeconds;
        return new Probe(
            Stamp.NowMicroseconds,
            stage.Target.Processes.ToDictionary(process => process.Name, process => ProcessUsage.Of(process.Id)),
            stage.Crowd.CpuSeconds,
            self,
            self + allProcesses.Sum(id => ProcessUsage.Of(id).CpuSeconds),
            ProcessUsage.MachineBusySeconds());
    }

    public Usage Since(Probe before) => new(
        (AtMicroseconds - before.AtMicroseconds) / 1e6,
        [.. Servers.Select(server => new ProcessUse(server.Key, server.Value.CpuSeconds - before.Servers[server.Key].CpuSeconds, server.Value.ResidentMiB))],
        Viewers - before.Viewers,
        Publisher - before.Publisher,
        Math.Max(0, Busy - before.Busy - (Known - before.Known)));
}

/// <summary>What was used within a measured time.</summary>
/// <param name="Seconds">How long it was.</param>
/// <param name="Servers">By process.</param>
/// <param name="ViewersCpuSeconds">The viewer processes of this target.</param>
/// <param name="PublisherCpuSeconds">The benchmark's own process.</param>
/// <param name="ForeignCpuSeconds">The rest of the machine, the kernel's own threads with it: how calm it was.</param>
sealed record Usage(double Seconds, IReadOnlyList<ProcessUse> Servers, double ViewersCpuSeconds, double PublisherCpuSeconds, double ForeignCpuSeconds)
{
    public double ServerCpuSeconds => Servers.Sum(server => server.CpuSeconds);

    public double ServerMiB => Servers.Sum(server => server.ResidentMiB);
}

/// <param name="Name">The process.</param>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="ResidentMiB">At the end.</param>
sealed record ProcessUse(string Name, double CpuSeconds, double ResidentMiB);
