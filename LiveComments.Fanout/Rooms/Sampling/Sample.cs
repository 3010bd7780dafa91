using LiveComments.Contracts;

namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>What was left out of some entries, by sequence. Immutable.</summary>
sealed class Sample
{
    private readonly IReadOnlyDictionary<ulong, Omission> _omitted;
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    private Sample(IReadOnlyDictionary<ulong, Omission> omitted)
    {
        _omitted = omitted;
        foreach (var omission in omitted.Values)
        {
            _ids.Add(omission.Author);
            if (omission.ParentAuthor is not null)
                _ids.Add(omission.ParentAuthor);
            _names.UnionWith(omission.Mentions);
        }
    }

    /// <summary>Null when nothing was left out, as it is nearly always.</summary>
    public static Sample? Of(IReadOnlyDictionary<ulong, Omission> omitted) => omitted.Count > 0 ? new Sample(omitted) : null;

    /// <summary>How many comments most viewers are not shown.</summary>
    public int Count => _omitted.Count;

    /// <summary>Whether something that was left out is for this viewer all the same. Asked for each viewer, so it looks at no comment.</summary>
    public bool Concerns(User viewer) => _ids.Contains(viewer.Id) || _names.Contains(viewer.Username);

    /// <summary>Whether this viewer, or anybody if null, is not shown the entry.</summary>
    public bool Omits(ulong sequence, User? viewer) =>
        _omitted.TryGetValue(sequence, out var omission) && (viewer is null || !IsFor(omission, viewer));

    private static bool IsFor(Omission omission, User viewer) =>
        omission.Author == viewer.Id || omission.ParentAuthor == viewer.Id || omission.Mentions.Contains(viewer.Username, StringComparer.OrdinalIgnoreCase);
}
