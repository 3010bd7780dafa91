using System.Text;
using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>What the log's end says about a stream's comments, and Postgres not yet.</summary>
/// <param name="Comments">In the log's order, each with its cursor; removed ones, too, and one that came back once more.</param>
/// <param name="Removed">The comments, here or in Postgres, that were deleted or hidden, or came back.</param>
sealed record LogTail(IReadOnlyList<Comment> Comments, RemovedComments Removed)
{
    // A persister that is further behind than this is catching up after an outage; what lies between is then read by pages.
    private const int MaxEntries = Limits.MaxResumeEvents;

    /// <summary>What lies between Postgres and the tail: too much to be read at once. In order; nothing but while the persister is far behind.</summary>
    public IReadOnlyList<LogGap> Gaps { get; init; } = [];

    /// <summary>All entries, each with its place, for who looks for something else in them.</summary>
    public IReadOnlyList<(Cursor Place, LogEntry Entry)> Entries { get; init; } = [];

    /// <summary>Entries of a type that lie behind a place; null is before everything.</summary>
    public IEnumerable<(Cursor Place, LogEntry Entry)> Behind(Cursor? place, string eventType) =>
        Entries.Where(entry => entry.Entry.EventType == eventType && (place is not { } bound || entry.Place > bound));

    /// <summary>Those that were not removed, where they lie now.</summary>
    public IEnumerable<Comment> Visible => Comments.Where(comment => !Removed.Covers(IdOf(comment.Id), PlaceOf(comment)));

    /// <summary>The comment where it lies now, if the log's end has it; removed or not.</summary>
    public Comment? Find(string commentId) => Comments.LastOrDefault(comment => comment.Id == commentId);

    /// <summary>The entries after <paramref name="written"/>: of an ended epoch, if Postgres is still there, and of the present one.</summary>
    public static async Task<LogTail> ReadAsync(LogHandle log, string streamId, Cursor? written, CancellationToken cancellationToken)
    {
        // From the newest epoch back, until there is too much: what is older is left to the gaps.
        var gaps = new List<LogGap>();
        var parts = new Stack<(int Epoch, IReadOnlyList<LogEntry> Entries)>();
        foreach (var part in log.Older.Append(log).Reverse())
        {
            if (part.Epoch < written?.Epoch || await part.EndOfAsync(streamId, cancellationToken) is not { } last)
                continue;
            var after = part.Epoch == written?.Epoch ? written.Value.Sequence : 0;
            if (last <= after)
                continue;
            if (gaps.Count > 0)
            {
                gaps.Insert(0, new LogGap(part, after, last));
                continue;
            }

            var whole = await part.RangeAsync(streamId, after + 1, last, MaxEntries, cancellationToken);
            var entries = whole ?? await part.NewestAsync(streamId, last, MaxEntries, cancellationToken);
            parts.Push((part.Epoch, entries));
            if (whole is null && entries.Count > 0)
                gaps.Add(new LogGap(part, after, entries[0].Sequence - 1));
        }

        return Of([.. parts.SelectMany(part => part.Entries, (part, entry) => (new Cursor(part.Epoch, entry.Sequence), entry))]) with { Gaps = gaps };
    }

    /// <summary>Of the entries that Postgres has not got all that are about one comment; null when Postgres is so far behind that they can't be found.</summary>
    public static async Task<LogTail?> AboutAsync(LogHandle log, string streamId, Cursor? written, long commentId, CancellationToken cancellationToken)
    {
        // Whatever is about a comment has its id in it. Most that doesn't is then never parsed.
        var id = Encoding.ASCII.GetBytes(CommentId.ToText(commentId));
        var entries = new List<(Cursor Place, LogEntry Entry)>();
        foreach (var part in log.Older.Append(log))
        {
            if (part.Epoch < written?.Epoch || await part.EndOfAsync(streamId, cancellationToken) is not { } last)
                continue;
            var after = part.Epoch == written?.Epoch ? written.Value.Sequence : 0;
            if (await part.RangeAsync(streamId, after + 1, last, MaxEntries, entry => entry.Body.Span.IndexOf(id) >= 0, cancellationToken) is not { } found)
                return null;
            entries.AddRange(found.Select(entry => (new Cursor(part.Epoch, entry.Sequence), entry)));
        }

        return Of(entries);
    }

    /// <summary>Whether the entry posts a comment. What an epoch took over lies in an older one or in Postgres already, and is told from there.</summary>
    public static bool IsNewComment(LogEntry entry) =>
        entry.EventType == LogEventTypes.CommentPosted && LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom) is null;

    /// <summary>Which comment was deleted or hidden.</summary>
    public static long RemovedIn(LogEntry removal) => IdOf(Parse(removal, ContractsJson.Default.CommentRemoved).CommentId);

    public static Cursor PlaceOf(Comment comment) =>
        Cursor.TryParse(comment.Cursor, out var cursor) ? cursor : throw new InvalidDataException($"Comment {comment.Id} has no cursor.");

    private static LogTail Of(IReadOnlyList<(Cursor Place, LogEntry Entry)> entries)
    {
        var comments = new List<Comment>();
        var removed = new RemovedComments();
        foreach (var (place, entry) in entries)
        {
            if (IsNewComment(entry))
                comments.Add(CommentOf(entry, place.Epoch));
            removed.Take(entry, place.Epoch);
        }

        return new LogTail(comments, removed) { Entries = entries };
    }

    /// <summary>The comment that the entry posted, with its cursor.</summary>
    public static Comment CommentOf(LogEntry entry, int epoch) =>
        Parse(entry, ContractsJson.Default.Comment) with { Cursor = new Cursor(epoch, entry.Sequence).ToString() };

    private static T Parse<T>(LogEntry entry, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(entry.Body.Span, type) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no {typeof(T).Name} in it.");

    private static long IdOf(string id) => CommentId.TryParse(id, out var number) ? number : throw new InvalidDataException($"The log has a comment with the id '{id}'.");
}

/// <summary>Entries of a log that Postgres has not got, and that are too many to be read at once.</summary>
/// <param name="Log">Of the present epoch, or of one that has ended.</param>
/// <param name="After">The last entry before it.</param>
/// <param name="Through">Its last entry.</param>
sealed record LogGap(LogHandle Log, ulong After, ulong Through);
