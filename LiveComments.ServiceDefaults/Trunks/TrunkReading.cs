namespace LiveComments.ServiceDefaults.Trunks;

/// <summary>What there is at the beginning of some bytes.</summary>
public enum TrunkReading
{
    /// <summary>A record, whole.</summary>
    Whole,

    /// <summary>A part of one; the rest is still to come.</summary>
    Part,

    /// <summary>Nothing that could ever become one.</summary>
    Malformed,
}
