using System.Collections.Concurrent;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.State;

/// <summary>
/// What moderators have decided and still holds, folded from the log: who is banned, how each stream's conversation goes,
/// by which rules. A post asks this and nobody else.
/// </summary>
/// <remarks>
/// Acts may be applied in any order and more than once, by whoever hears of them first: of a slot the one with the highest
/// cursor counts. What took something back is remembered like what holds, lest an older act comes after it.
/// </remarks>
sealed class ModerationState(TimeProvider clock)
{
    // Some 100 MB. Past it what no longer holds is forgotten.
    private const int MaxSlots = 200_000;

    // Rules that are ready to be run: some kilobytes of each, and about 1 KB for each word. When they are more, all are made anew.
    private const int MaxReady = 1_000;
    private const int MaxReadyWords = 200_000;

    private readonly ConcurrentDictionary<ModerationSlot, (ModerationAct Act, Cursor Place)> _slots = new();
    // Most users have nothing against them: one look tells.
    private readonly ConcurrentDictionary<string, bool> _sanctioned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (RuleSet Rules, Cursor Place)> _ready = new(StringComparer.Ordinal);
    private int _readyWords;
    private readonly Lock _lock = new();
    private TaskCompletionSource _applied = New();
    private Cursor _through;

    /// <summary>Everything that is known, to be handed on.</summary>
    public IReadOnlyCollection<(ModerationAct Act, Cursor Place)> All => [.. _slots.Values];

    /// <summary>The longest time between two comments that any stream has, or had: for so long the posts of a user matter.</summary>
    public TimeSpan LongestSlowMode { get; private set; }

    /// <summary>Takes an act, unless it knows a newer one of the slot.</summary>
    public void Apply(ModerationAct act, Cursor place)
    {
        if (ModerationSlot.Of(act) is not { } slot)
            return;
        lock (_lock)
        {
            if (_slots.TryGetValue(slot, out var known) && known.Place >= place)
                return;
            if (_slots.Count >= MaxSlots)
                Forget_NeedsLock();
            _slots[slot] = (act, place);
            if (act.After is { } settings)
                LongestSlowMode = TimeSpan.FromSeconds(Math.Max(LongestSlowMode.TotalSeconds, settings.SlowModeSeconds));
            if (slot.Name is SlotName.Ban or SlotName.Mute or SlotName.ShadowMute)
                _sanctioned[slot.UserId] = true;
        }
    }

    /// <summary>The log's moderation entries up to this one are in here.</summary>
    public void AppliedThrough(Cursor place)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            if (place <= _through)
                return;
            _through = place;
            (before, _applied) = (_applied, New());
        }

        before.SetResult();
    }

    /// <summary>Returns when everything up to that entry is in here.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async ValueTask WaitAsync(Cursor place, TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task applied;
            lock (_lock)
            {
                if (_through >= place)
                    return;
                applied = _applied.Task;
            }

            await applied.WaitAsync(patience, clock, cancellationToken);
        }
    }

    /// <summary>The severest that holds against the user there, on that stream or on all; null for nothing.</summary>
    public Sanction? Against(string userId, string streamId)
    {
        if (!_sanctioned.ContainsKey(userId))
            return null;
        var now = clock.GetUtcNow();
        foreach (var name in (ReadOnlySpan<SlotName>)[SlotName.Ban, SlotName.Mute, SlotName.ShadowMute])
        {
            if (Held(new ModerationSlot("", name, userId), now) is { } global)
                return Of(global, name);
            if (Held(new ModerationSlot(streamId, name, userId), now) is { } local)
                return Of(local, name);
        }

        return null;
    }

    /// <summary>What holds against the user, of that kind, there and nowhere else; null for nothing.</summary>
    public Sanction? Find(string? streamId, string kind, string userId)
    {
        SlotName? name = kind switch { SanctionKinds.Ban => SlotName.Ban, SanctionKinds.Mute => SlotName.Mute, SanctionKinds.ShadowMute => SlotName.ShadowMute, _ => null };
        return name is { } one && Held(new ModerationSlot(streamId ?? "", one, userId), clock.GetUtcNow()) is { } act ? Of(act, one) : null;
    }

    /// <summary>What holds against anybody on the stream, or on all when it is null, newest first.</summary>
    public IReadOnlyList<Sanction> Sanctions(string? streamId, int limit)
    {
        var now = clock.GetUtcNow();
        var found = from slot in _slots
                    where slot.Key.StreamId == (streamId ?? "") && slot.Key.Name is (SlotName.Ban or SlotName.Mute or SlotName.ShadowMute) && ModerationSlot.Holds(slot.Value.Act, now)
                    orderby slot.Value.Place descending
                    select Of(slot.Value.Act, slot.Key.Name);
        return [.. found.Take(limit)];
    }

    /// <summary>The stream's own settings, or what every stream begins with.</summary>
    public StreamSettings SettingsOf(string streamId) =>
        _slots.TryGetValue(new ModerationSlot(streamId, SlotName.Settings, ""), out var found) ? found.Act.After ?? Defaults : Defaults;

    /// <summary>The rules of a stream alone, or of all streams for null; null when there are none.</summary>
    public ModerationRules? RulesOf(string? streamId) =>
        _slots.TryGetValue(new ModerationSlot(streamId ?? "", SlotName.Rules, ""), out var found) ? found.Act.Rules : null;

    /// <summary>The same, ready to be run. Made when somebody needs them first, which takes up to 0.1 s for the longest list.</summary>
    public RuleSet RuleSetOf(string? streamId)
    {
        if (!_slots.TryGetValue(new ModerationSlot(streamId ?? "", SlotName.Rules, ""), out var slot) || slot.Act.Rules is not { } rules)
            return RuleSet.Empty;
        if (_ready.TryGetValue(streamId ?? "", out var ready) && ready.Place == slot.Place)
            return ready.Rules;
        // They were tried out when they were set.
        var compiled = RuleSet.Compile(rules, areTrusted: true).Rules ?? RuleSet.Empty;
        lock (_lock)
        {
            _readyWords += rules.Words?.Count ?? 0;
            if (_ready.Count >= MaxReady || _readyWords > MaxReadyWords)
            {
                _ready.Clear();
                _readyWords = 0;
            }

            _ready[streamId ?? ""] = (compiled, slot.Place);
        }

        return compiled;
    }

    /// <summary>The comment that is pinned, as it was then; null for none.</summary>
    public Comment? PinnedOn(string streamId) => Held(new ModerationSlot(streamId, SlotName.Pin, ""), clock.GetUtcNow())?.Comment;

    public bool IsModerator(string streamId, string userId) => Held(new ModerationSlot(streamId, SlotName.Moderator, userId), clock.GetUtcNow()) is not null;

    public IReadOnlyList<string> ModeratorsOf(string streamId)
    {
        var now = clock.GetUtcNow();
        return [.. _slots.Where(slot => slot.Key.StreamId == streamId && slot.Key.Name == SlotName.Moderator && ModerationSlot.Holds(slot.Value.Act, now)).Select(slot => slot.Key.UserId).Order(StringComparer.Ordinal)];
    }

    private static readonly StreamSettings Defaults = new();

    private ModerationAct? Held(ModerationSlot slot, DateTimeOffset now) =>
        _slots.TryGetValue(slot, out var found) && ModerationSlot.Holds(found.Act, now) ? found.Act : null;

    private static Sanction Of(ModerationAct act, SlotName name) => new(
        act.StreamId, act.UserId ?? "", name switch { SlotName.Ban => SanctionKinds.Ban, SlotName.Mute => SanctionKinds.Mute, _ => SanctionKinds.ShadowMute },
        act.Reason, act.Until, act.ById, act.ByName, act.At);

    private void Forget_NeedsLock()
    {
        var now = clock.GetUtcNow();
        foreach (var (slot, found) in _slots)
        {
            if (!ModerationSlot.Holds(found.Act, now))
                _slots.TryRemove(slot, out _);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
