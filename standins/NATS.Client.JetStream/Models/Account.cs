using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

/// <summary>What an account uses of JetStream, and what it may.</summary>
public record AccountStats
{
    [JsonPropertyName("memory")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Memory { get; set; }

    [JsonPropertyName("storage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Storage { get; set; }

    [JsonPropertyName("streams")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Streams { get; set; }

    [JsonPropertyName("consumers")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Consumers { get; set; }

    [JsonPropertyName("domain")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Domain { get; set; }

    [JsonPropertyName("limits")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public AccountLimits Limits { get; set; } = new AccountLimits();

    [JsonPropertyName("tiers")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IDictionary<string, Tier>? Tiers { get; set; }

    [JsonPropertyName("api")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ApiStats Api { get; set; } = new ApiStats();
}

public record AccountInfoResponse : AccountStats
{
}

public record AccountLimits
{
    [JsonPropertyName("max_memory")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long MaxMemory { get; set; }

    [JsonPropertyName("max_storage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long MaxStorage { get; set; }

    [JsonPropertyName("max_streams")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MaxStreams { get; set; }

    [JsonPropertyName("max_consumers")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int MaxConsumers { get; set; }

    [JsonPropertyName("max_bytes_required")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MaxBytesRequired { get; set; }

    [JsonPropertyName("max_ack_pending")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MaxAckPending { get; set; }

    [JsonPropertyName("memory_max_stream_bytes")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long MemoryMaxStreamBytes { get; set; } = -1;

    [JsonPropertyName("storage_max_stream_bytes")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StorageMaxStreamBytes { get; set; } = -1;
}

public record ApiStats
{
    [JsonPropertyName("level")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Level { get; set; }

    [JsonPropertyName("total")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Total { get; set; }

    [JsonPropertyName("errors")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Errors { get; set; }

    [JsonPropertyName("inflight")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Inflight { get; set; }
}

public record Tier
{
    [JsonPropertyName("memory")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Memory { get; set; }

    [JsonPropertyName("storage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Storage { get; set; }

    [JsonPropertyName("reserved_memory")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong ReservedMemory { get; set; }

    [JsonPropertyName("reserved_storage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong ReservedStore { get; set; }

    [JsonPropertyName("streams")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Streams { get; set; }

    [JsonPropertyName("consumers")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Consumers { get; set; }

    [JsonPropertyName("limits")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public AccountLimits Limits { get; set; } = new AccountLimits();
}
