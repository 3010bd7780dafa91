using System.Globalization;

namespace LiveComments.Bench.Common.Machine;

/// <summary>What a process and its children have used, read from <c>/proc</c>.</summary>
/// <param name="CpuSeconds">User and system time since it started, with children that have ended.</param>
/// <param name="ResidentMiB">Memory now; shared pages of children count once for each.</param>
public readonly record struct ProcessUsage(double CpuSeconds, double ResidentMiB)
{
    // USER_HZ, in which the kernel tells times to programs, is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    public static ProcessUsage Of(int processId)
    {
        var usage = Read(processId, withEndedChildren: true);
        foreach (var child in ChildrenOf(processId))
        {
            var (cpu, resident) = Read(child, withEndedChildren: false);
            usage = new ProcessUsage(usage.CpuSeconds + cpu, usage.ResidentMiB + resident);
        }

        return usage;
    }

    /// <summary>This process alone: its children are the servers.</summary>
    public static ProcessUsage OfSelf() => Read(Environment.ProcessId, withEndedChildren: false);

    /// <summary>CPU seconds that the whole machine has spent busy, and stolen ones, since it started.</summary>
    public static double MachineBusySeconds()
    {
        // cpu  user nice system idle iowait irq softirq steal guest guest_nice
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(long.Parse).ToArray();
        return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7]) / TicksPerSecond;
    }

    private static ProcessUsage Read(int processId, bool withEndedChildren)
    {
        try
        {
            // pid (name, which may have spaces) state …: fields are counted from behind the name.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = Field(fields, 11) + Field(fields, 12) + (withEndedChildren ? Field(fields, 13) + Field(fields, 14) : 0);
            return new ProcessUsage(ticks / TicksPerSecond, Field(fields, 21) * Environment.SystemPageSize / 1024.0 / 1024.0);
        }
        catch (IOException)
        {
            // It ended between being listed and being read.
            return default;
        }
    }

    private static IEnumerable<int> ChildrenOf(int processId)
    {
        foreach (var thread in Directory.GetDirectories($"/proc/{processId}/task"))
        {
            foreach (var child in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return int.Parse(child, CultureInfo.InvariantCulture);
        }
    }

    private static double Field(string[] fields, int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
}
