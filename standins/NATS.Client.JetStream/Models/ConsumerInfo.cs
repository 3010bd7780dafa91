using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

/// <summary>A consumer as the server described it last.</summary>
public record ConsumerInfo
{
    [JsonPropertyName("stream_name")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string StreamName { get; set; }

    [JsonPropertyName("name")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string Name { get; set; }

    [JsonPropertyName("ts")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset Ts { get; set; }

    [JsonPropertyName("config")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ConsumerConfig Config { get; set; } = new ConsumerConfig();

    [JsonPropertyName("created")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset Created { get; set; }

    [JsonPropertyName("delivered")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SequenceInfo Delivered { get; set; } = new SequenceInfo();

    [JsonPropertyName("ack_floor")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SequenceInfo AckFloor { get; set; } = new SequenceInfo();

    [JsonPropertyName("num_ack_pending")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumAckPending { get; set; }

    [JsonPropertyName("num_redelivered")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumRedelivered { get; set; }

    [JsonPropertyName("num_waiting")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumWaiting { get; set; }

    [JsonPropertyName("num_pending")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong NumPending { get; set; }

    [JsonPropertyName("cluster")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ClusterInfo? Cluster { get; set; }

    [JsonPropertyName("push_bound")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PushBound { get; set; }
}

public record SequenceInfo
{
    [JsonPropertyName("consumer_seq")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong ConsumerSeq { get; set; }

    [JsonPropertyName("stream_seq")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong StreamSeq { get; set; }

    [JsonPropertyName("last_active")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset LastActive { get; set; }
}
