namespace Aspire.StackExchange.Redis;

/// <summary>How a Redis client connects, and what comes with it.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>StackExchange.Redis' own comma-separated form.</summary>
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    /// <summary>True: connect on first use. False: connect when the host starts.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
