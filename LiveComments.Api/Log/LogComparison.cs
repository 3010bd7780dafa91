using LiveComments.Contracts;

namespace LiveComments.Api.Log;

/// <summary>What nats-server has, compared with what is known to have been in the log.</summary>
abstract record LogComparison
{
    /// <summary>Nobody knows of a log and there is none: make the first.</summary>
    public sealed record Nothing : LogComparison;

    /// <summary>The log has everything that it is known to have had.</summary>
    public sealed record Sound : LogComparison;

    /// <summary>The log went backwards: what it gave out as cursors names other entries now, or none.</summary>
    /// <param name="NextEpoch">The epoch to begin.</param>
    /// <param name="LostAfter">The last entry that is left of the newest epoch that is known; its sequence is 0 when none is.</param>
    /// <param name="LostTo">The newest entry that is known to have been there.</param>
    public sealed record WentBackwards(int NextEpoch, Cursor LostAfter, Cursor LostTo) : LogComparison;

    /// <param name="end">The last entry of the newest log on the server, sequence 0 when it is empty; null when there is no log.</param>
    /// <param name="isSealed">Whether that log takes no more entries: somebody began to leave it behind, and did not end.</param>
    /// <param name="known">The newest entry that anybody is known to have seen, asked for before <paramref name="end"/> was; null when nobody knows.</param>
    /// <param name="provenBackwards">An epoch whose log gave out a sequence a second time; 0 for none.</param>
    public static LogComparison Of(Cursor? end, bool isSealed, Cursor? known, int provenBackwards)
    {
        if (end is not { } last)
            return known is { } seen ? new WentBackwards(seen.Epoch + 1, new Cursor(seen.Epoch, 0), seen) : new Nothing();
        var newest = known is { } other && other > last ? other : last;
        // A later epoch than the known one is sound, whatever its length: it was begun because the known one ended.
        if (newest == last && !isSealed && provenBackwards != last.Epoch)
            return new Sound();
        return new WentBackwards(newest.Epoch + 1, newest.Epoch == last.Epoch ? last : new Cursor(newest.Epoch, 0), newest);
    }
}
