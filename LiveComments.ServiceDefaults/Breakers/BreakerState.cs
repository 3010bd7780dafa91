namespace LiveComments.ServiceDefaults.Breakers;

/// <summary>What a breaker does with the next call; the numbers are those of its metric.</summary>
public enum BreakerState
{
    /// <summary>Lets it through.</summary>
    Closed,

    /// <summary>Lets one through, to try.</summary>
    HalfOpen,

    /// <summary>Ends it at once.</summary>
    Open,
}
