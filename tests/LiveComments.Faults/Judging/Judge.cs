using LiveComments.Contracts;
using LiveComments.Faults.Oracle;

namespace LiveComments.Faults.Judging;

/// <summary>Compares sets after the healing: nothing lost, nothing twice, nothing out of order, nothing silent.</summary>
/// <remarks>
/// 1. Lost: each acknowledgement names a comment and its place; there it must lie, in the log and in Postgres.
/// 2. Phantoms, and wrong words: each stored comment is one that was attempted.
/// 3. Twice: no post and no id lies in one store more than once.
/// 4. Order: who was posted after another's acknowledgement lies behind it.
/// 5. A retry after the acknowledgement names the same comment and place.
/// 6. The log and Postgres have the same comments at the same places.
/// 7. Each viewer's sequence is the log's (<see cref="ViewerJudge"/>).
/// Where the log was made to lose its tail, what was acknowledged in that tail may be missing from the log, and must be in
/// Postgres if it had got there.
/// </remarks>
static class Judge
{
    public static Verdict Compare(Evidence evidence)
    {
        // What came into a log after it had lost its tail, and before it was sealed, nobody reads: the next epoch has it.
        evidence = evidence with { Log = [.. evidence.Log.Where(comment => !IsBehindAnEnd(evidence, comment.Cursor))] };
        var verdict = new Verdict();
        var log = OnlyOnce(evidence.Log, "the log", verdict);
        var rows = OnlyOnce(evidence.Rows, "Postgres", verdict);
        Lost(evidence, log, rows, verdict);
        Phantoms(evidence.Journal, evidence.Log, "the log", verdict);
        Phantoms(evidence.Journal, evidence.Rows, "Postgres", verdict);
        Order(evidence, log, verdict);
        Repeats(evidence, verdict);
        Same(evidence, log, rows, verdict);
        ViewerJudge.Compare(evidence, verdict);
        verdict.Facts.Add($"{evidence.Journal.Attempts.Count} attempted, {evidence.Journal.Acknowledged.Count} acknowledged, {log.Count} in the log, {rows.Count} in Postgres");
        return verdict;
    }

    // 3., and everything by its post.
    private static Dictionary<int, StoredComment> OnlyOnce(IReadOnlyList<StoredComment> comments, string store, Verdict verdict)
    {
        var byPost = new Dictionary<int, StoredComment>();
        var ids = new HashSet<long>();
        foreach (var comment in comments.Where(comment => !comment.IsCarried))
        {
            if (!ids.Add(comment.Id))
                verdict.Charge(Evidence.Twice, $"in {store}: the comment {comment.Id}, again at {comment.Cursor}");
            if (comment.Post is { } post && !byPost.TryAdd(post, comment))
                verdict.Charge(Evidence.Twice, $"in {store}: post {post}, at {byPost[post].Cursor} and at {comment.Cursor}");
        }

        return byPost;
    }

    // 1.
    private static void Lost(Evidence evidence, Dictionary<int, StoredComment> log, Dictionary<int, StoredComment> rows, Verdict verdict)
    {
        var saidLost = 0;
        var copies = evidence.Log.Where(comment => comment.IsCarried).Select(comment => (comment.Cursor, comment.Id)).ToHashSet();
        foreach (var (post, acknowledged) in evidence.Journal.Acknowledged)
        {
            // A retry whose comment was taken over into the new epoch may be answered with its place there: the same comment, twice at hand.
            var isAtItsCopy = copies.Contains((acknowledged.Cursor, acknowledged.Comment));
            // A retry may well be answered with what lies in what is left of the old epoch; then Postgres gets it.
            if (evidence.Ends.Any(end => end.IsBefore(acknowledged.Cursor) && acknowledged.AtMs > end.SinceMs) && !rows.ContainsKey(post))
                verdict.Charge(Evidence.False, At(evidence, post, acknowledged));
            if (log.TryGetValue(post, out var entry))
                Compare(entry, "the log");
            else if (isAtItsCopy || IsBehindAnEnd(evidence, acknowledged.Cursor))
                saidLost += isAtItsCopy ? 0 : 1;
            else
                verdict.Charge(Evidence.LostFromLog, At(evidence, post, acknowledged));
            if (rows.TryGetValue(post, out var row))
                Compare(row, "Postgres");
            else if (!IsBehindAnEnd(evidence, acknowledged.Cursor))
                verdict.Charge(Evidence.LostFromPostgres, At(evidence, post, acknowledged));

            void Compare(StoredComment stored, string store)
            {
                if (stored.Id != acknowledged.Comment || (stored.Cursor != acknowledged.Cursor && !isAtItsCopy))
                    verdict.Charge(Evidence.Moved, $"post {post}: acknowledged as {acknowledged.Comment} at {acknowledged.Cursor}, in {store} {stored.Id} at {stored.Cursor}");
            }
        }

        if (saidLost > 0)
            verdict.Facts.Add($"{saidLost} acknowledged posts went with the log's tail");
    }

    private static bool IsBehindAnEnd(Evidence evidence, Cursor cursor) => evidence.Ends.Any(end => end.IsBefore(cursor));

    // 2.
    private static void Phantoms(Journal journal, IReadOnlyList<StoredComment> comments, string store, Verdict verdict)
    {
        foreach (var comment in comments)
        {
            if (comment.Post is not { } post || !journal.Attempts.TryGetValue(post, out var attempt))
                verdict.Charge(Evidence.Phantom, $"in {store}: {comment.Id} at {comment.Cursor}");
            else if (!comment.IsTextRight || comment.Stream != attempt.Stream)
                verdict.Charge(Evidence.WrongText, $"in {store}: post {post}, {comment.Id} at {comment.Cursor}");
        }
    }

    // 4.
    private static void Order(Evidence evidence, Dictionary<int, StoredComment> log, Verdict verdict)
    {
        var acknowledged = new Dictionary<int, Cursor>();
        foreach (var line in evidence.Journal.Lines)
        {
            var stream = evidence.Journal.Attempts[line.Post].Stream;
            if (line.Kind == JournalKind.Acknowledged)
                acknowledged[stream] = line.Cursor > acknowledged.GetValueOrDefault(stream) ? line.Cursor : acknowledged.GetValueOrDefault(stream);
            else if (line.Kind == JournalKind.Attempt && log.TryGetValue(line.Post, out var entry) && entry.Cursor <= acknowledged.GetValueOrDefault(stream))
                verdict.Charge(Evidence.OutOfOrder, $"post {line.Post} lies at {entry.Cursor}; {acknowledged[stream]} was acknowledged before it was posted");
        }
    }

    // 5.
    private static void Repeats(Evidence evidence, Verdict verdict)
    {
        var repeats = 0;
        foreach (var line in evidence.Journal.Lines.Where(line => line.Kind == JournalKind.Repeated))
        {
            repeats++;
            var first = evidence.Journal.Acknowledged[line.Post];
            // What went with the log's tail is forgotten with it: then the retry is the post.
            if (first.Comment != line.Comment && !IsBehindAnEnd(evidence, first.Cursor))
                verdict.Charge(Evidence.Contradiction, $"post {line.Post}: {first.Comment} at {first.Cursor}, then {line.Comment} at {line.Cursor}");
        }

        verdict.Facts.Add($"{repeats} accepted posts sent once more, with their keys");
    }

    // 6.
    private static void Same(Evidence evidence, Dictionary<int, StoredComment> log, Dictionary<int, StoredComment> rows, Verdict verdict)
    {
        foreach (var (post, entry) in log)
        {
            if (!rows.TryGetValue(post, out var row))
                verdict.Charge(Evidence.Differs, $"post {post} lies at {entry.Cursor} of the log, and not in Postgres");
            else if (row.Cursor != entry.Cursor || row.Id != entry.Id)
                verdict.Charge(Evidence.Differs, $"post {post}: {entry.Id} at {entry.Cursor} of the log, {row.Id} at {row.Cursor} in Postgres");
        }

        foreach (var (post, row) in rows)
        {
            if (!log.ContainsKey(post) && !IsBehindAnEnd(evidence, row.Cursor))
                verdict.Charge(Evidence.Differs, $"post {post} is in Postgres, {row.Cursor}, and not in the log");
        }
    }

    private static string At(Evidence evidence, int post, JournalLine acknowledged) =>
        $"post {post} of stream {evidence.Journal.Attempts[post].Stream}, acknowledged as {acknowledged.Comment} at {acknowledged.Cursor}, {DateTimeOffset.FromUnixTimeMilliseconds(acknowledged.AtMs):HH:mm:ss.fff}";
}
