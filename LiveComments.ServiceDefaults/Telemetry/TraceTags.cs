namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>The one speller of what spans of ours say beside their names: OpenTelemetry's conventions for messaging, and what is our own.</summary>
public static class TraceTags
{
    public const string MessagingSystem = "messaging.system";
    public const string Nats = "nats";
    public const string Destination = "messaging.destination.name";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string BatchSize = "messaging.batch.message_count";
    public const string BodySize = "messaging.message.body.size";

    public const string StreamId = "livecomments.stream.id";
    public const string EventType = "livecomments.event.type";
    public const string Outcome = "livecomments.append.outcome";
}
