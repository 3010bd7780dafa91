using LiveComments.Bench.WritePath.Load;

namespace LiveComments.Bench.WritePath.Reports;

/// <summary>What one process used within the measured time.</summary>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="ResidentMiB">At the end.</param>
sealed record ProcessReport(string Name, double CpuSeconds, double ResidentMiB);

/// <summary>How the persister ended.</summary>
/// <param name="LogEntries">The log's last sequence.</param>
/// <param name="Behind">Entries that Postgres did not have when the load was over (in catch-up: when Postgres was started).</param>
/// <param name="Seconds">Until it had them all; null when it never did.</param>
/// <param name="RowsPerSecond">From its first step on; null when it was not behind.</param>
/// <param name="MicrosecondsPerRow">CPU of each process for one row, in the same time; null when it was not behind.</param>
sealed record CatchUp(long LogEntries, long Behind, double? Seconds, double? RowsPerSecond, IReadOnlyDictionary<string, double>? MicrosecondsPerRow);

/// <summary>One run against one target.</summary>
sealed record RunReport
{
    public required string Target { get; init; }

    /// <summary>Null when it was saturated.</summary>
    public required int? Rate { get; init; }

    public required LoadResult Load { get; init; }

    public required IReadOnlyList<ProcessReport> Processes { get; init; }

    /// <summary>What the rest of the machine used meanwhile, the kernel's own threads with it: how calm it was.</summary>
    public required double OthersCpuSeconds { get; init; }

    /// <summary>Bytes that each Api process allocated for one comment that it accepted; where the persister ran, with its writing.</summary>
    public required IReadOnlyList<double>? AllocatedPerAccepted { get; init; }

    public required CatchUp? CatchUp { get; init; }

    /// <summary>Comments in Postgres at the very end; must be what was acknowledged.</summary>
    public required long Stored { get; init; }
}
