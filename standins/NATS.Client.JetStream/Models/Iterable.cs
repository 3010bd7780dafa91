using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

/// <summary>A list comes in pages; this says where the page begins.</summary>
public record IterableRequest
{
    [JsonPropertyName("offset")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Offset { get; set; }
}

public record IterableResponse
{
    [JsonPropertyName("total")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Total { get; set; }

    [JsonPropertyName("offset")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Offset { get; set; }

    [JsonPropertyName("limit")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Limit { get; set; }
}
