namespace LiveComments.Contracts;

/// <summary>HTTP header fields that are ours, or that the framework has no name for.</summary>
public static class LiveHeaders
{
    /// <summary>On a Fanout node's answer to a health probe: how many viewers it has now.</summary>
    public const string Viewers = "X-Live-Viewers";

    /// <summary>On a Fanout node's refusals, and on its answers to health probes, from when it was told to stop.</summary>
    public const string Stopping = "X-Live-Stopping";

    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Sent by an <c>EventSource</c> that reconnects.</summary>
    public const string LastEventId = "Last-Event-ID";

    public const string RateLimitLimit = "RateLimit-Limit";

    public const string RateLimitRemaining = "RateLimit-Remaining";

    public const string RateLimitReset = "RateLimit-Reset";
}
