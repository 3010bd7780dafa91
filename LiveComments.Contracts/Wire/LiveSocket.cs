namespace LiveComments.Contracts;

/// <summary>The WebSocket protocol's name, and the codes with which a connection is closed.</summary>
public static class LiveSocket
{
    /// <summary>The subprotocol that a client asks for.</summary>
    public const string SubProtocol = "livecomments.v1.json";

    /// <summary>Codes from here to 4999 say "do not come back by yourself"; 4000 up to here "come back, and resume".</summary>
    public const int FirstFinalCloseCode = 4500;
}

/// <summary>Why the service closed a WebSocket.</summary>
public static class LiveCloseCodes
{
    /// <summary>This node stops; come back after a moment, to another.</summary>
    public const int Shutdown = 4000;

    /// <summary>The stream's room could not go on, for instance because the log was made anew.</summary>
    public const int RoomClosed = 4001;

    /// <summary>The client did not read fast enough.</summary>
    public const int TooSlow = 4002;

    /// <summary>Message after message that is none of this protocol.</summary>
    public const int InvalidMessages = 4500;

    /// <summary>A message of more than <see cref="Limits.MaxSocketMessageBytes"/>.</summary>
    public const int MessageTooBig = 4501;

    /// <summary>The token's time is over; come back with another.</summary>
    public const int TokenExpired = 4502;

    /// <summary>The user was banned; an <c>error</c> before it says until when, and why.</summary>
    public const int Banned = 4503;
}
