namespace LiveComments.Contracts;

/// <summary>The one speller of the log's names on NATS.</summary>
public static class LogSubjects
{
    /// <summary>Entries are appended to <c>log.&lt;shard&gt;.&lt;streamId&gt;</c> and come back as <c>live.…</c> once stored.</summary>
    public const string AppendPrefix = "log";

    /// <summary>What nats-server republishes each stored entry under.</summary>
    public const string LivePrefix = "live";

    /// <summary>
    /// What decides about a stream lies on <c>ctl.&lt;shard&gt;.&lt;streamId&gt;</c> of the same log: so few entries that
    /// every process reads all of them, and the newest of a stream is found at once.
    /// </summary>
    public const string ControlPrefix = "ctl";

    /// <summary>JetStream streams of ours are called <c>LOG_&lt;shard&gt;_&lt;epoch&gt;</c>.</summary>
    private const string StreamNamePrefix = "LOG";

    public static string Append(int shard, string streamId) => $"{AppendPrefix}.{shard}.{Checked(streamId)}";

    public static string Live(int shard, string streamId) => $"{LivePrefix}.{shard}.{Checked(streamId)}";

    public static string Control(int shard, string streamId) => $"{ControlPrefix}.{shard}.{Checked(streamId)}";

    /// <summary>All control entries of a shard.</summary>
    public static string AllControlOf(int shard) => $"{ControlPrefix}.{shard}.>";

    /// <summary>All entries of a shard.</summary>
    public static string AllOf(int shard) => $"{AppendPrefix}.{shard}.>";

    /// <summary>All republished entries of a shard.</summary>
    public static string AllLiveOf(int shard) => $"{LivePrefix}.{shard}.>";

    public static string StreamName(int shard, int epoch) => $"{StreamNamePrefix}_{shard}_{epoch}";

    /// <summary>The epoch in a JetStream stream's name, or null when it isn't one of ours.</summary>
    public static int? EpochOf(string streamName, int shard) =>
        streamName.StartsWith($"{StreamNamePrefix}_{shard}_", StringComparison.Ordinal)
        && int.TryParse(streamName.AsSpan($"{StreamNamePrefix}_{shard}_".Length), out var epoch) && epoch > 0
            ? epoch
            : null;

    /// <summary>The stream id at the end of a subject.</summary>
    public static string StreamIdOf(string subject) => subject[(subject.LastIndexOf('.') + 1)..];

    // A wildcard that reached a subject would read or write other streams: asserted here, on top of every endpoint's check.
    private static string Checked(string streamId) =>
        StreamId.IsValid(streamId) ? streamId : throw new ArgumentException("Not a stream id.", nameof(streamId));
}
