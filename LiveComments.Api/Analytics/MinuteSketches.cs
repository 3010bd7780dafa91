namespace LiveComments.Api.Analytics;

/// <summary>Who commented in the minutes that are written to now: so that somebody who comments again costs no write.</summary>
sealed class MinuteSketches
{
    // Minutes of streams; emptied when full: what is known no longer is written once more, which changes nothing. Some 40 MB.
    private const int MaxMinutes = 2_000;

    private readonly Dictionary<(string StreamId, long Minute), SortedSet<long>> _known = [];

    /// <summary>Whether the table lacks it, as far as is known here, and wants it.</summary>
    public bool IsNew(string streamId, long minute, long hash) =>
        !_known.TryGetValue((streamId, minute), out var known) || ((known.Count < CommenterSketch.Size || hash < known.Max) && !known.Contains(hash));

    /// <summary>Only once it is committed.</summary>
    public void Remember(IEnumerable<(string StreamId, long Minute, long Hash)> written)
    {
        foreach (var (streamId, minute, hash) in written)
        {
            if (!_known.TryGetValue((streamId, minute), out var known))
            {
                if (_known.Count >= MaxMinutes)
                    _known.Clear();
                _known[(streamId, minute)] = known = [];
            }

            known.Add(hash);
            if (known.Count > CommenterSketch.Size)
                known.Remove(known.Max);
        }
    }
}
