namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>How much a service has let go of what it can do without, so that what matters goes on. Each level lets go of what the one before it does, and of more.</summary>
public enum DegradationLevel
{
    /// <summary>Everything is as it should be.</summary>
    Normal,

    /// <summary>What costs and hardly shows is left out.</summary>
    Busy,

    /// <summary>What shows is made smaller.</summary>
    Strained,

    /// <summary>Reads are refused, so that writes go on.</summary>
    Shedding,
}
