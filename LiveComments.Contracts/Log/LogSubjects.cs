using System.Globalization;

namespace LiveComments.Contracts;

/// <summary>
/// The one speller of the log's names on NATS. Each epoch has subjects of its own, so nothing that is said of one can be
/// taken for another's: <c>log.&lt;shard&gt;.…</c> in the first epoch, <c>log.&lt;shard&gt;-&lt;epoch&gt;.…</c> in later ones.
/// </summary>
public static class LogSubjects
{
    /// <summary>Entries are appended to <c>log.&lt;place&gt;.&lt;streamId&gt;</c> and come back as <c>live.…</c> once stored.</summary>
    public const string AppendPrefix = "log";

    /// <summary>What nats-server republishes each stored entry under.</summary>
    public const string LivePrefix = "live";

    /// <summary>
    /// What decides about a stream lies on <c>ctl.&lt;place&gt;.&lt;streamId&gt;</c> of the same log: so few entries that
    /// every process reads all of them, and the newest of a stream is found at once.
    /// </summary>
    public const string ControlPrefix = "ctl";

    /// <summary>
    /// What moderators do, and what waits for them, lies on <c>mod.&lt;place&gt;.s.&lt;streamId&gt;</c> of the same log, and on
    /// <c>mod.&lt;place&gt;.all</c> what holds on all streams: no viewer sees any of it, and every Api process reads all of it.
    /// </summary>
    public const string ModerationPrefix = "mod";

    /// <summary>Entries of all shards and epochs.</summary>
    public const string Everything = $"{AppendPrefix}.>";

    /// <summary>JetStream streams of ours are called <c>LOG_&lt;shard&gt;_&lt;epoch&gt;</c>.</summary>
    private const string StreamNamePrefix = "LOG";

    private const string BegunPrefix = "begun";

    private const string WitnessPrefix = "witness";

    /// <summary>Of several Api processes one looks.</summary>
    public const string WitnessedGroup = "api";

    public static string Append(int shard, int epoch, string streamId) => $"{AppendPrefix}.{Place(shard, epoch)}.{Checked(streamId)}";

    public static string Live(int shard, int epoch, string streamId) => $"{LivePrefix}.{Place(shard, epoch)}.{Checked(streamId)}";

    public static string Control(int shard, int epoch, string streamId) => $"{ControlPrefix}.{Place(shard, epoch)}.{Checked(streamId)}";

    /// <summary>All control entries of a log.</summary>
    public static string AllControlOf(int shard, int epoch) => $"{ControlPrefix}.{Place(shard, epoch)}.>";

    public static string Moderation(int shard, int epoch, string streamId) => $"{ModerationPrefix}.{Place(shard, epoch)}.s.{Checked(streamId)}";

    /// <summary>What moderators do about all streams.</summary>
    public static string ModerationOfAll(int shard, int epoch) => $"{ModerationPrefix}.{Place(shard, epoch)}.all";

    /// <summary>What moderators do about any stream, or all.</summary>
    public static string AllModerationOf(int shard, int epoch) => $"{ModerationPrefix}.{Place(shard, epoch)}.>";

    /// <summary>All entries of a log.</summary>
    public static string AllOf(int shard, int epoch) => $"{AppendPrefix}.{Place(shard, epoch)}.>";

    /// <summary>All republished entries of a log.</summary>
    public static string AllLiveOf(int shard, int epoch) => $"{LivePrefix}.{Place(shard, epoch)}.>";

    /// <summary>Has one entry once a later epoch's log has everything that it takes over from before; until then nobody uses it.</summary>
    public static string Begun(int shard, int epoch) => $"{BegunPrefix}.{Place(shard, epoch)}";

    /// <summary>
    /// On core NATS: a <see cref="KnownEntry"/>, from a node whose connection is back to any Api process, which answers when it has looked whether the log
    /// still has it.
    /// </summary>
    public static string Witness(int shard) => $"{WitnessPrefix}.{shard}";

    public static string StreamName(int shard, int epoch) => $"{StreamNamePrefix}_{shard}_{epoch}";

    /// <summary>The epoch in a JetStream stream's name, or null when it isn't one of ours.</summary>
    public static int? EpochOf(string streamName, int shard) =>
        streamName.StartsWith($"{StreamNamePrefix}_{shard}_", StringComparison.Ordinal)
        && int.TryParse(streamName.AsSpan($"{StreamNamePrefix}_{shard}_".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch > 0
            ? epoch
            : null;

    /// <summary>The stream id at the end of a subject.</summary>
    public static string StreamIdOf(string subject) => subject[(subject.LastIndexOf('.') + 1)..];

    // Most logs never see a second epoch, and keep the plain name.
    private static string Place(int shard, int epoch) => epoch == 1 ? $"{shard}" : $"{shard}-{epoch}";

    // A wildcard that reached a subject would read or write other streams: asserted here, on top of every endpoint's check.
    private static string Checked(string streamId) =>
        StreamId.IsValid(streamId) ? streamId : throw new ArgumentException("Not a stream id.", nameof(streamId));
}
