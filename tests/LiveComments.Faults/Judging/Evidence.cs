using LiveComments.Contracts;
using LiveComments.Faults.Oracle;
using LiveComments.Faults.Viewers;

namespace LiveComments.Faults.Judging;

/// <summary>A log that was made to go backwards ended here.</summary>
/// <param name="Cursor">Its last entry then; what was acknowledged behind it is lost, and was said to be.</param>
/// <param name="SinceMs">When that was known; nothing may be acknowledged there any more.</param>
readonly record struct LogEnd(Cursor Cursor, long SinceMs)
{
    public bool IsBefore(Cursor other) => other.Epoch == Cursor.Epoch && other > Cursor;
}

/// <summary>All that the judge has.</summary>
/// <param name="Journal">What the oracle wrote down.</param>
/// <param name="Log">The log's comments, by cursor.</param>
/// <param name="Rows">Postgres's comments, by cursor.</param>
/// <param name="Viewers">What each viewer was told, by its name, on which stream.</param>
/// <param name="Ends">Where the log ended each time it was made to go backwards.</param>
sealed record Evidence(
    Journal Journal, IReadOnlyList<StoredComment> Log, IReadOnlyList<StoredComment> Rows, IReadOnlyList<(string Name, int Stream, IReadOnlyList<Sighting> Sightings)> Viewers, IReadOnlyList<LogEnd> Ends)
{
    public const string LostFromLog = "acknowledged, and not in the log";
    public const string LostFromPostgres = "acknowledged, and not in Postgres";
    public const string Moved = "acknowledged at one place, and lies at another";
    public const string Phantom = "stored, and nobody posted it";
    public const string WrongText = "stored with other words than were posted";
    public const string Twice = "stored twice";
    public const string OutOfOrder = "posted after another was acknowledged, and lies before it";
    public const string Contradiction = "a retry was answered with another comment";
    public const string Differs = "the log and Postgres differ";
    public const string ViewerMissed = "a viewer missed something in silence";
    public const string ViewerWrong = "a viewer got something twice, out of order or that is not in the log";
    public const string ViewerBehind = "a viewer never got the end";
    public const string False = "acknowledged at a place of a log that had ended";
    public const string GapWithoutLoss = "a viewer was told of a gap though the log lost nothing";
}
