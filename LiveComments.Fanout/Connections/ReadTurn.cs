namespace LiveComments.Fanout.Connections;

/// <summary>Whose turn it is to read from a connection. Every change is one atomic exchange.</summary>
enum ReadTurn
{
    /// <summary>The watch is armed; what is read goes to the web server.</summary>
    Waiting,

    /// <summary>Somebody reads for the web server.</summary>
    Reading,

    /// <summary>The connection is about to be handed over; the watch stays armed.</summary>
    Leaving,

    /// <summary>As <see cref="Leaving"/>, and the watch has fired since: its new owner must look.</summary>
    LeavingReadable,

    /// <summary>Handed over.</summary>
    Left,
}
