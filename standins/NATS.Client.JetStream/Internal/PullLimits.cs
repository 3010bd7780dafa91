namespace NATS.Client.JetStream.Internal;

/// <summary>How much a pull may have under way, and when it asks for more.</summary>
internal readonly record struct PullLimits(long MaxMsgs, long MaxBytes, long ThresholdMsgs, long ThresholdBytes, TimeSpan Expires, TimeSpan IdleHeartbeat)
{
    // When bytes are the limit, messages are none.
    private const long UnlimitedMsgs = 1_000_000;

    private static readonly TimeSpan DefaultExpires = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MinExpires = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxHeartbeat = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MinHeartbeat = TimeSpan.FromSeconds(0.5);

    /// <exception cref="NatsJSException">The options contradict each other.</exception>
    public static PullLimits Of(long? maxMsgs, long? maxBytes, TimeSpan? expires, TimeSpan? idleHeartbeat, long? thresholdMsgs = null, long? thresholdBytes = null)
    {
        if (maxMsgs.HasValue == maxBytes.HasValue)
            throw new NatsJSException(maxMsgs.HasValue ? "You can only set maxBytes or maxMsgs" : "You must set maxBytes or maxMsgs");
        var msgs = maxMsgs ?? UnlimitedMsgs;
        var bytes = maxBytes ?? 0;
        if (thresholdMsgs > msgs)
            throw new NatsJSException("thresholdMsgs must be less than maxMsgs");
        if (thresholdBytes > bytes)
            throw new NatsJSException("thresholdBytes must be less than maxBytes");
        var wait = expires ?? DefaultExpires;
        if (wait < MinExpires)
            throw new NatsJSException($"expires must be greater than {MinExpires}");
        var heartbeat = idleHeartbeat ?? wait / 2;
        if (heartbeat > MaxHeartbeat)
            throw new NatsJSException($"idleHeartbeat must be less than {MaxHeartbeat}");
        if (heartbeat != TimeSpan.Zero && heartbeat < MinHeartbeat)
            throw new NatsJSException($"idleHeartbeat must be greater than {MinHeartbeat}");
        return new PullLimits(msgs, bytes, thresholdMsgs ?? msgs / 2, thresholdBytes ?? bytes / 2, wait, heartbeat);
    }
}
