using LiveComments.Api.Moderation;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>A comment and its place in the log.</summary>
readonly record struct RecentComment(ulong Sequence, Comment Comment);

/// <summary>
/// The newest comments of a stream, as the log has them up to an entry: a pure function of the log, so it does not
/// matter who made it. Immutable, and shared by all who read.
/// </summary>
/// <param name="Epoch">Of the log.</param>
/// <param name="Through">The last entry that is in it.</param>
/// <param name="Floor">Every comment behind this entry that may be seen is here.</param>
/// <param name="IsWhole">There is nothing before <paramref name="Floor"/>: the stream began behind it.</param>
/// <param name="Comments">In the log's order, each with its cursor.</param>
sealed record RecentWindow(int Epoch, ulong Through, ulong Floor, bool IsWhole, IReadOnlyList<RecentComment> Comments)
{
    /// <summary>Five of the largest pages; some 350 KB in Redis, 1 MB here.</summary>
    public const int MaxComments = 1000;

    /// <summary>Which comments were removed or changed since somebody began with this window, and by which entries: who keeps a copy does the same there.</summary>
    public IReadOnlyList<(ulong By, ulong Place)> Changes { get; init; } = [];

    /// <summary>From the stream's newest entries.</summary>
    /// <param name="epoch">Of the log.</param>
    /// <param name="newest">In the log's order, up to the stream's last one.</param>
    /// <param name="through">The stream's last entry.</param>
    /// <param name="areAll">The log has no older ones.</param>
    public static RecentWindow Of(int epoch, IReadOnlyList<LogEntry> newest, ulong through, bool areAll)
    {
        // A stream's first entry makes it. What an older epoch had, or the log has forgotten, is for others to know.
        var isWhole = areAll && epoch == 1 && newest.Count > 0 && newest[0].EventType == LogEventTypes.StreamCreated;
        var floor = newest.Count == 0 ? through : newest[0].Sequence - 1;
        return new RecentWindow(epoch, floor, floor, isWhole, []).With(newest, through) with { Changes = [] };
    }

    /// <summary>This window, and what came after it.</summary>
    /// <param name="entries">All entries of the stream behind <see cref="Through"/>, in the log's order.</param>
    /// <param name="through">The last one.</param>
    public RecentWindow With(IReadOnlyList<LogEntry> entries, ulong through)
    {
        var comments = new List<RecentComment>(Comments.Count + entries.Count);
        comments.AddRange(Comments);
        var changes = new List<(ulong By, ulong Place)>(Changes);
        foreach (var entry in entries)
        {
            if (entry.Sequence <= Through)
                throw new ArgumentException($"Entry {entry.Sequence} is in the window already, which goes to {Through}.", nameof(entries));
            if (LogTail.IsNewComment(entry))
                comments.Add(new RecentComment(entry.Sequence, LogTail.CommentOf(entry, Epoch)));
            // Whoever removed it, and why: an entry that takes a comment away says where that lies.
            else if (LogEntry.Header(entry.Headers, LogHeaders.Removes) is { } removes)
                Remove(removes, entry.Sequence);
            else if (entry.EventType == LogEventTypes.CommentReacted && LogEntry.Header(entry.Headers, LogHeaders.About) is { } about)
                Count(about, entry);
            else if (entry.EventType == LogEventTypes.CommentMarked && LogEntry.Header(entry.Headers, LogHeaders.About) is { } marked)
                Mark(marked, entry);
        }

        var surplus = Math.Max(0, comments.Count - MaxComments);
        var floor = surplus > 0 ? comments[surplus - 1].Sequence : Floor;
        return new RecentWindow(Epoch, through, floor, IsWhole && surplus == 0, comments.GetRange(surplus, comments.Count - surplus))
        {
            Changes = changes,
        };

        void Remove(string removes, ulong by)
        {
            if (Find(removes, by) is >= 0 and var index)
                comments.RemoveAt(index);
        }

        // A comment of the window has all of its reactions behind it, in entries that are in the window, too.
        void Count(string about, LogEntry reaction)
        {
            if (Find(about, reaction.Sequence) is >= 0 and var index)
                comments[index] = comments[index] with { Comment = ReactionTail.With(comments[index].Comment, [ReactionTail.ParseChange(reaction)]) };
        }

        void Mark(string about, LogEntry mark)
        {
            if (Find(about, mark.Sequence) is >= 0 and var index)
                comments[index] = comments[index] with { Comment = MarkTail.With(comments[index].Comment, MarkTail.Parse(mark)) };
        }

        int Find(string text, ulong by)
        {
            if (!Cursor.TryParse(text, out var place) || place.Epoch != Epoch)
                return -1;
            var index = comments.BinarySearch(new RecentComment(place.Sequence, null!), BySequence);
            changes.Add((by, place.Sequence));
            return index;
        }
    }

    /// <summary>The newest before <paramref name="before"/>, newest first; null when the page reaches further back than the window.</summary>
    public List<Comment>? Page(Cursor? before, int limit)
    {
        var page = new List<Comment>(limit);
        if (before is { } bound && bound.Epoch < Epoch)
            return null;
        for (var index = Comments.Count - 1; index >= 0 && page.Count < limit; index--)
        {
            var (sequence, comment) = Comments[index];
            if (before is not { } place || place.Epoch > Epoch || sequence < place.Sequence)
                page.Add(comment);
        }

        return page.Count == limit || IsWhole ? page : null;
    }

    private static readonly Comparer<RecentComment> BySequence = Comparer<RecentComment>.Create((one, other) => one.Sequence.CompareTo(other.Sequence));
}
