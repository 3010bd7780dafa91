namespace LiveComments.TestSupport;

/// <summary>What a network between two processes does to what they say.</summary>
public enum LinkMode
{
    /// <summary>Passes it on.</summary>
    Open,

    /// <summary>Holds it back, and passes it on when the link is open again: packets that were lost and are sent again.</summary>
    Stalled,

    /// <summary>Takes it and throws it away, for good on every connection that there is: a router that has forgotten them. Neither side is told.</summary>
    Swallowing,

    /// <summary>Ends every connection with RST, and refuses new ones.</summary>
    Resetting,

    /// <summary>Passes each piece on after 200 to 2,000 ms.</summary>
    Slow,
}
