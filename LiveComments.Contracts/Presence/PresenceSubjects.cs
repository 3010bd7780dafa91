namespace LiveComments.Contracts;

/// <summary>The one speller of the subjects on which nodes tell who watches: <c>presence.&lt;shard&gt;.&lt;nodeId&gt;</c>, on core NATS.</summary>
public static class PresenceSubjects
{
    private const string Prefix = "presence";

    public static string Of(int shard, string nodeId) =>
        // Of the same letters as a stream id, for the same reason: nothing that means something in a subject may pass.
        StreamId.IsValid(nodeId) ? $"{Prefix}.{shard}.{nodeId}" : throw new ArgumentException("Not a node id.", nameof(nodeId));

    /// <summary>What all nodes say about streams of the shard.</summary>
    public static string AllOf(int shard) => $"{Prefix}.{shard}.*";
}
