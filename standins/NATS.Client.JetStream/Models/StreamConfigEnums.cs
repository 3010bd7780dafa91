using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

[JsonConverter(typeof(JsonStringEnumConverter<StreamConfigRetention>))]
public enum StreamConfigRetention
{
    [JsonStringEnumMemberName("limits")]
    Limits = 0,

    [JsonStringEnumMemberName("interest")]
    Interest = 1,

    [JsonStringEnumMemberName("workqueue")]
    Workqueue = 2,
}

[JsonConverter(typeof(JsonStringEnumConverter<StreamConfigStorage>))]
public enum StreamConfigStorage
{
    [JsonStringEnumMemberName("file")]
    File = 0,

    [JsonStringEnumMemberName("memory")]
    Memory = 1,
}

[JsonConverter(typeof(JsonStringEnumConverter<StreamConfigDiscard>))]
public enum StreamConfigDiscard
{
    [JsonStringEnumMemberName("old")]
    Old = 0,

    [JsonStringEnumMemberName("new")]
    New = 1,
}

[JsonConverter(typeof(JsonStringEnumConverter<StreamConfigCompression>))]
public enum StreamConfigCompression
{
    [JsonStringEnumMemberName("none")]
    None = 0,

    [JsonStringEnumMemberName("s2")]
    S2 = 1,
}

[JsonConverter(typeof(JsonStringEnumConverter<StreamConfigPersistMode>))]
public enum StreamConfigPersistMode
{
    [JsonStringEnumMemberName("default")]
    Default = 0,

    [JsonStringEnumMemberName("async")]
    Async = 1,
}
