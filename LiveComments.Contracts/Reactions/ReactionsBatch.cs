namespace LiveComments.Contracts;

/// <summary>
/// Reactions to a stream that one Api process gathered for a moment; in the log it is the body of
/// <see cref="LogEventTypes.StreamReacted"/>. Each is an addition to the stream's totals.
/// </summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Counts">Reaction type → how many; types that nobody used are left out.</param>
/// <param name="Timestamp">Unix milliseconds at which they were gathered.</param>
public sealed record ReactionsBatch(string StreamId, IReadOnlyDictionary<string, int> Counts, long Timestamp);

/// <summary>All reactions that a stream ever got.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Counts">Reaction type → how many; types that nobody used are left out.</param>
/// <param name="Total">Of all types together.</param>
public sealed record ReactionTotals(string StreamId, IReadOnlyDictionary<string, long> Counts, long Total);
