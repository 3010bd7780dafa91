using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Reactions;

/// <summary>What the log's end says about reactions, and Postgres not yet.</summary>
static class ReactionTail
{
    /// <summary>Changes of reactions to comments that lie behind <paramref name="written"/>, each with its sequence.</summary>
    public static IEnumerable<(ulong Sequence, string? Key, CommentReaction Reaction)> CommentReactionsAfter(this LogTail tail, ulong written) =>
        tail.Entries
            .Where(entry => entry.Sequence > written && entry.EventType == LogEventTypes.CommentReacted)
            .Select(entry => (entry.Sequence, LogEntry.Header(entry.Headers, LogHeaders.IdempotencyKey), ParseChange(entry)));

    /// <summary>Reactions to the stream that lie behind <paramref name="counted"/>.</summary>
    public static IEnumerable<ReactionsBatch> StreamReactionsAfter(this LogTail tail, ulong counted) =>
        tail.Entries
            .Where(entry => entry.Sequence > counted && entry.EventType == LogEventTypes.StreamReacted)
            .Select(entry => JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.ReactionsBatch) ?? throw Broken(entry));

    /// <summary>The comments as they are once the tail's changes are counted in, which Postgres has not got yet.</summary>
    /// <param name="tail">The log's end.</param>
    /// <param name="comments">With the counts that Postgres had at <paramref name="written"/>; those out of the tail itself have none.</param>
    /// <param name="written">The last entry that those counts know.</param>
    public static List<Comment> WithReactions(this LogTail tail, List<Comment> comments, ulong written)
    {
        // Each entry is a change: it was appended behind one that said the opposite, or behind none.
        var changes = tail.CommentReactionsAfter(written).ToLookup(change => change.Reaction.CommentId, change => change.Reaction);
        return changes.Count == 0 ? comments : comments.ConvertAll(comment => changes[comment.Id].Any() ? comment with { ReactionCounts = Changed(comment.ReactionCounts, changes[comment.Id]) } : comment);
    }

    public static CommentReaction ParseChange(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.CommentReaction) ?? throw Broken(entry);

    private static IReadOnlyDictionary<string, int> Changed(IReadOnlyDictionary<string, int> before, IEnumerable<CommentReaction> changes)
    {
        var counts = Counts.ByType(before);
        foreach (var change in changes)
        {
            if (ReactionTypes.IndexOf(change.ReactionType) is >= 0 and var type)
                counts[type] += change.IsSet ? 1 : -1;
        }

        return Counts.Named(counts);
    }

    private static InvalidDataException Broken(LogEntry entry) => new($"The log's entry {entry.Sequence} has no reaction in it.");
}
