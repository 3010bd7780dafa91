using System.Globalization;

namespace LiveComments.Api.Ids;

/// <summary>
/// Ids that grow with time and are unique over nodes: 41 bits of milliseconds, 10 bits of node, 12 bits of sequence.
/// They are assigned before the log commits, so they identify and never order: order is the log's sequence.
/// </summary>
sealed class Snowflake(int node, TimeProvider clock)
{
    public const int NodeCount = 1 << NodeBits;
    private const int NodeBits = 10;
    private const int SequenceBits = 12;
    private const long MaxSequence = (1 << SequenceBits) - 1;

    /// <summary>The count of milliseconds begins here, which makes it last until 2094.</summary>
    public static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private volatile int _node = node;
    private long _lastMs = -1;
    private long _sequence;

    /// <summary>Which of the nodes the next ids say they are from. Ids stay unique when it changes, as long as no other process has this one.</summary>
    public int Node
    {
        get => _node;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, NodeCount);
            _node = value;
        }
    }

    public string Next() => NextNumber().ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Never repeats and never goes back. When the clock steps back, or a millisecond's ids are used up, the count runs
    /// ahead of the clock until that has caught up; so nobody waits, and the time inside is off by that little.
    /// </summary>
    public long NextNumber()
    {
        var now = (long)(clock.GetUtcNow() - Beginning).TotalMilliseconds;
        lock (_lock)
        {
            if (now > _lastMs)
            {
                _lastMs = now;
                _sequence = 0;
            }
            else if (++_sequence > MaxSequence)
            {
                _lastMs++;
                _sequence = 0;
            }

            return (_lastMs << (NodeBits + SequenceBits)) | ((long)_node << SequenceBits) | _sequence;
        }
    }
}
