using LiveComments.Contracts;
using LiveComments.Faults.Viewers;

namespace LiveComments.Faults.Judging;

/// <summary>Holds what each viewer was told against the log.</summary>
/// <remarks>
/// 1. Who comes without a cursor, or was told to forget, gets the end of the stream: a run of its comments without a hole.
/// 2. From there on each batch has exactly the comments between the place where the viewer was and the place the batch
///    leads to, in the log's order; those that are left out are counted.
/// 3. What moves the cursor without comments passes over none.
///    Behind the place where the log was made to end, nobody can tell any more what there was.
/// 4. A gap may be spoken of only where the log was made to lose something.
/// 5. At the end everybody has got everything.
/// </remarks>
static class ViewerJudge
{
    // What a first join is shown.
    private const int Backfill = 50;

    public static void Compare(Evidence evidence, Verdict verdict)
    {
        // By stream, in the log's order; a sealed epoch's comments before those of the next.
        var streams = evidence.Log.GroupBy(comment => comment.Stream).ToDictionary(group => group.Key, group => group.OrderBy(comment => comment.Cursor).ToArray());
        var (seen, omitted, resets) = (0L, 0L, 0);
        foreach (var (name, stream, sightings) in evidence.Viewers)
        {
            var comments = streams.GetValueOrDefault(stream) ?? [];
            var walk = new Walk(name, comments, evidence.Ends, verdict);
            foreach (var sighting in sightings)
                walk.Take(sighting);
            if (comments.Length > 0 && (walk.Position is not { } position || position < comments[^1].Cursor))
                verdict.Charge(Evidence.ViewerBehind, $"{name}: at {walk.Position?.ToString() ?? "no place"}, the stream's last comment is at {comments[^1].Cursor}");
            seen += walk.Seen;
            omitted += walk.Omitted;
            resets += walk.Resets;
        }

        verdict.Facts.Add($"{evidence.Viewers.Count} viewers saw {seen} comments, were told that {omitted} were left out, and were reset {resets} times");
    }

    private sealed class Walk(string name, StoredComment[] comments, IReadOnlyList<LogEnd> ends, Verdict verdict)
    {
        public Cursor? Position { get; private set; }

        public long Seen { get; private set; }

        public long Omitted { get; private set; }

        public int Resets { get; private set; }

        public void Take(Sighting sighting)
        {
            switch (sighting)
            {
                case Sighting.Came came when came.With != Position:
                    verdict.Charge(Evidence.ViewerWrong, $"{name}: came back with {came.With}, and was at {Position}");
                    break;
                case Sighting.Reset:
                    Resets++;
                    Position = null;
                    break;
                case Sighting.Gap gap:
                    // 4.
                    if (ends.Count == 0)
                        verdict.Charge(Evidence.GapWithoutLoss, $"{name}: {gap.After} to {gap.Until}");
                    Position = gap.Until;
                    break;
                case Sighting.Batch batch when Position is null:
                    First(batch);
                    break;
                case Sighting.Batch batch:
                    Next(batch);
                    break;
                case Sighting.Moved moved:
                    // 3.
                    if (Position is { } from && Between(from, moved.Cursor) is { Length: > 0 } passed)
                        verdict.Charge(Evidence.ViewerMissed, $"{name}: its cursor moved from {from} to {moved.Cursor}, over {passed.Length} comments");
                    Position = moved.Cursor;
                    break;
            }
        }

        // 1.
        private void First(Sighting.Batch batch)
        {
            if (ends.Any(end => end.IsBefore(batch.Cursor)))
            {
                Note(batch);
                return;
            }

            var until = CountThrough(batch.Cursor);
            // Comments of older epochs are taken over once more, with their old ids: the newest epoch's own run is what counts.
            var run = comments.AsSpan(0, until);
            var expected = run[Math.Max(0, run.Length - Backfill)..];
            if (!Matches(batch.Comments, expected))
                verdict.Charge(Evidence.ViewerWrong, $"{name}: the backfill up to {batch.Cursor} has {batch.Comments.Length} comments, and is not the last {expected.Length} of the log");
            Note(batch);
        }

        // 2.
        private void Next(Sighting.Batch batch)
        {
            var from = Position!.Value;
            if (batch.Cursor < from)
                verdict.Charge(Evidence.ViewerWrong, $"{name}: a batch up to {batch.Cursor}, though it was at {from}");
            if (batch.Cursor.Epoch != from.Epoch)
                verdict.Charge(Evidence.ViewerMissed, $"{name}: from {from} to {batch.Cursor} without a word about the new epoch");
            if (ends.Any(end => end.IsBefore(batch.Cursor)))
            {
                // Seen before the log lost it: only the viewers know it now.
                Note(batch);
                return;
            }

            var expected = Between(from, batch.Cursor);
            if (batch.Comments.Length + batch.Omitted < expected.Length)
                verdict.Charge(Evidence.ViewerMissed, $"{name}: between {from} and {batch.Cursor} lie {expected.Length} comments, and it got {batch.Comments.Length} and was told of {batch.Omitted} left out");
            else if (batch.Comments.Length + batch.Omitted > expected.Length || !IsPartOf(batch.Comments, expected))
                verdict.Charge(Evidence.ViewerWrong, $"{name}: between {from} and {batch.Cursor} lie {expected.Length} comments, and it got {batch.Comments.Length} others, with {batch.Omitted} left out");
            Note(batch);
        }

        private void Note(Sighting.Batch batch)
        {
            Seen += batch.Comments.Length;
            Omitted += batch.Omitted;
            Position = batch.Cursor;
        }

        private static bool Matches(long[] ids, ReadOnlySpan<StoredComment> expected)
        {
            if (ids.Length != expected.Length)
                return false;
            for (var index = 0; index < ids.Length; index++)
            {
                if (ids[index] != expected[index].Id)
                    return false;
            }

            return true;
        }

        private static bool IsPartOf(long[] ids, ReadOnlySpan<StoredComment> expected)
        {
            var next = 0;
            foreach (var comment in expected)
            {
                if (next < ids.Length && ids[next] == comment.Id)
                    next++;
            }

            return next == ids.Length;
        }

        private ReadOnlySpan<StoredComment> Between(Cursor after, Cursor through) =>
            CountThrough(through) is var end && CountThrough(after) is var start && end > start ? comments.AsSpan(start, end - start) : default;

        /// <summary>How many comments lie at or before the cursor.</summary>
        private int CountThrough(Cursor cursor)
        {
            var (low, high) = (0, comments.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (comments[middle].Cursor <= cursor)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }
    }
}
