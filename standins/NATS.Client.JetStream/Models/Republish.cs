using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

/// <summary>Each stored message is published again under another subject, with its sequence and the one before it as headers.</summary>
public record Republish
{
    [JsonPropertyName("src")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string Src { get; set; }

    [JsonPropertyName("dest")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string Dest { get; set; }

    [JsonPropertyName("headers_only")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HeadersOnly { get; set; }
}
