using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Api.Moderation;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Reactions;

/// <summary>What the log's end says about reactions, and Postgres not yet.</summary>
static class ReactionTail
{
    /// <summary>Changes of reactions to comments that lie behind <paramref name="written"/>.</summary>
    public static IEnumerable<(Cursor Place, string? Key, CommentReaction Reaction)> CommentReactionsBehind(this LogTail tail, Cursor? written) =>
        tail.Behind(written, LogEventTypes.CommentReacted).Select(change => (change.Place, LogEntry.Header(change.Entry.Headers, LogHeaders.IdempotencyKey), ParseChange(change.Entry)));

    /// <summary>Reactions to the stream that lie behind <paramref name="written"/>.</summary>
    public static IEnumerable<ReactionsBatch> StreamReactionsBehind(this LogTail tail, Cursor? written) =>
        tail.Behind(written, LogEventTypes.StreamReacted)
            .Select(batch => JsonSerializer.Deserialize(batch.Entry.Body.Span, ContractsJson.Default.ReactionsBatch) ?? throw Broken(batch.Entry));

    /// <summary>The comments as they are once the tail's changes are counted in, which Postgres has not got yet.</summary>
    /// <param name="tail">The log's end.</param>
    /// <param name="comments">With the counts that Postgres had at <paramref name="written"/>; those out of the tail itself have what they were posted with.</param>
    /// <param name="written">The last entry that those counts know; null when they know none.</param>
    public static List<Comment> WithReactions(this LogTail tail, List<Comment> comments, Cursor? written)
    {
        comments = tail.WithMarks(comments, written);
        // Each entry is a change: it was appended behind one that said the opposite, or behind none.
        var changes = tail.CommentReactionsBehind(written).ToLookup(change => change.Reaction.CommentId);
        return changes.Count == 0 ? comments : comments.ConvertAll(comment => changes[comment.Id].Any() ? With(comment, changes[comment.Id].Where(IsNews(comment)).Select(change => change.Reaction)) : comment);

        // One that came back brought along what it had by then.
        Func<(Cursor Place, string? Key, CommentReaction Reaction), bool> IsNews(Comment comment)
        {
            var place = written is null ? LogTail.PlaceOf(comment) : default;
            return change => change.Place > place;
        }
    }

    public static CommentReaction ParseChange(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.CommentReaction) ?? throw Broken(entry);

    /// <summary>The comment with the changes counted in.</summary>
    public static Comment With(Comment comment, IEnumerable<CommentReaction> changes) => comment with { ReactionCounts = Changed(comment.ReactionCounts, changes) };

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
