using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

/// <summary>An error of the JetStream API: a code like those of HTTP, and the server's own.</summary>
public record ApiError
{
    [JsonPropertyName("code")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Code { get; set; }

    [JsonPropertyName("description")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Description { get; set; }

    [JsonPropertyName("err_code")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ErrCode { get; set; }
}

public record ErrorResponse
{
    [JsonPropertyName("error")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ApiError Error { get; set; } = new ApiError();
}
