namespace LiveComments.Contracts;

/// <summary>Limits that both sides of the wire must know.</summary>
public static class Limits
{
    /// <summary>User-perceived characters of a comment, after trimming.</summary>
    public const int MaxContentCharacters = 500;

    /// <summary>A base character with more combining marks than this is "zalgo" and breaks the lines around it.</summary>
    public const int MaxCombiningMarks = 4;

    /// <summary>Bytes of a request body: 500 characters of the widest scripts fit, with room for the other fields.</summary>
    public const int MaxRequestBodyBytes = 8 * 1024;

    /// <summary>Bytes of a body of moderation rules, the one that may be larger: the longest list of words fits, and as an entry of the log it stays below what NATS takes, 1 MB.</summary>
    public const int MaxRulesBodyBytes = 768 * 1024;

    /// <summary>Bytes of one message from a WebSocket client: a whole request body with its envelope.</summary>
    public const int MaxSocketMessageBytes = MaxRequestBodyBytes + 1024;

    /// <summary>Nesting of a request's JSON; ours needs 2.</summary>
    public const int MaxJsonDepth = 8;

    public const int MaxTitleCharacters = 200;

    public const int MaxDescriptionCharacters = 2000;

    public const int MaxUrlLength = 2048;

    public const int MaxUsernameLength = 32;

    public const int MaxDisplayNameCharacters = 50;

    /// <summary>Printable ASCII characters of an <c>Idempotency-Key</c>.</summary>
    public const int MaxIdempotencyKeyLength = 64;

    /// <summary>Comments that a first join is given.</summary>
    public const int BackfillComments = 50;

    /// <summary>Items of one page of a list, at most.</summary>
    public const int MaxPageSize = 200;

    /// <summary>Items of one page of a list when the request doesn't say.</summary>
    public const int DefaultPageSize = 50;

    /// <summary>Missed events that a resume makes up for; more than that is a <c>reset</c>.</summary>
    public const int MaxResumeEvents = 1000;

    /// <summary>Measures of one page's report: more come with its next one.</summary>
    public const int MaxDisplayLatencies = 100;

    /// <summary>Milliseconds. What took longer was hidden, asleep or measured by a broken clock.</summary>
    public const int MaxDisplayLatencyMs = 60_000;

    /// <summary>How long a long poll waits for something to happen, at most, and when it doesn't say.</summary>
    public static readonly TimeSpan MaxPollWait = TimeSpan.FromSeconds(25);

    /// <summary>A silent live connection is told that it is alive this often; whatever stands between must be more patient.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);
}
