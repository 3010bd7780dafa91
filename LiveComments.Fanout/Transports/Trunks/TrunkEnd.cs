namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>Why a trunk ended.</summary>
enum TrunkEnd
{
    /// <summary>One of both sides stops, or the gateway is gone.</summary>
    Closed,

    /// <summary>The gateway takes what is said too slowly, or not at all.</summary>
    TooSlow,

    /// <summary>The gateway said what is none of the protocol.</summary>
    Malformed,

    /// <summary>One number stood for two viewers, or there was more credit than there may be.</summary>
    Muddled,
}
