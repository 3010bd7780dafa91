using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Trial;

/// <summary>Counts what a piece of the past comes to, and lists what changes, up to a limit.</summary>
sealed class DryRunPiece(RulesTrial trial, int limit)
{
    private readonly Dictionary<(ModerationAction Action, string Reason), int> _before = [];
    private readonly Dictionary<(ModerationAction Action, string Reason), int> _after = [];
    private readonly List<DryRunChange> _changed = [];
    private int _examined;
    private int _changedCount;
    private int _removed;
    private int _removedCaught;
    private Cursor? _lastListed;

    public int LookedAt => _examined + _removed;

    /// <summary>Unix milliseconds.</summary>
    public long? Through { get; private set; }

    public void Look(PastComment past, bool isRemoved)
    {
        var (before, after) = trial.Look(past);
        Through = Math.Max(Through ?? 0, past.Comment.CreatedAt);
        if (isRemoved)
        {
            // Nobody reads it here again.
            _removed++;
            _removedCaught += after.Action == ModerationAction.Approve ? 0 : 1;
            return;
        }

        _examined++;
        Count(_before, before);
        Count(_after, after);
        if (before.Action == after.Action)
            return;
        _changedCount++;
        if (_changed.Count >= limit)
            return;
        _changed.Add(new DryRunChange(past.Comment, past.Stored, Of(before), Of(after), trial.ScoresOf(past.Comment.Content)));
        _lastListed = past.Place;
    }

    public DryRun End(double progress, Cursor? next) => new(
        _examined, Counts(_before), Counts(_after), _changedCount, _changed, _changedCount > _changed.Count ? _lastListed.ToString() : null, _removed, _removedCaught, Through, progress, next?.ToString());

    private static void Count(Dictionary<(ModerationAction Action, string Reason), int> counts, Verdict verdict)
    {
        // A word that is excepted is why something is shown, and no other kind of being shown.
        var key = (verdict.Action, verdict.Action == ModerationAction.Approve ? "" : verdict.Reason);
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    private static DryRunCount[] Counts(Dictionary<(ModerationAction Action, string Reason), int> counts) =>
        [.. counts.OrderBy(count => count.Key.Action).ThenByDescending(count => count.Value).Select(count => new DryRunCount(ModerationActionNames.Of(count.Key.Action), count.Key.Reason, count.Value))];

    private static DryRunVerdict Of(Verdict verdict) =>
        new(ModerationActionNames.Of(verdict.Action), verdict.Action == ModerationAction.Approve ? "" : verdict.Reason, verdict.Action == ModerationAction.Approve ? null : verdict.Detail);
}
