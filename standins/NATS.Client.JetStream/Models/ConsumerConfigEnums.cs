using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

[JsonConverter(typeof(JsonStringEnumConverter<ConsumerConfigAckPolicy>))]
public enum ConsumerConfigAckPolicy
{
    [JsonStringEnumMemberName("explicit")]
    Explicit = 0,

    [JsonStringEnumMemberName("all")]
    All = 1,

    [JsonStringEnumMemberName("none")]
    None = 2,

    [JsonStringEnumMemberName("flow_control")]
    FlowControl = 3,
}

[JsonConverter(typeof(JsonStringEnumConverter<ConsumerConfigDeliverPolicy>))]
public enum ConsumerConfigDeliverPolicy
{
    [JsonStringEnumMemberName("all")]
    All = 0,

    [JsonStringEnumMemberName("last")]
    Last = 1,

    [JsonStringEnumMemberName("new")]
    New = 2,

    [JsonStringEnumMemberName("by_start_sequence")]
    ByStartSequence = 3,

    [JsonStringEnumMemberName("by_start_time")]
    ByStartTime = 4,

    [JsonStringEnumMemberName("last_per_subject")]
    LastPerSubject = 5,
}

[JsonConverter(typeof(JsonStringEnumConverter<ConsumerConfigReplayPolicy>))]
public enum ConsumerConfigReplayPolicy
{
    [JsonStringEnumMemberName("instant")]
    Instant = 0,

    [JsonStringEnumMemberName("original")]
    Original = 1,
}

/// <summary>2.10 and newer: an older server ignores it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsumerCreateAction>))]
public enum ConsumerCreateAction
{
    CreateOrUpdate = 0,

    [JsonStringEnumMemberName("create")]
    Create = 1,

    [JsonStringEnumMemberName("update")]
    Update = 2,
}
