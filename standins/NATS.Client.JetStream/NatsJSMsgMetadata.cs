namespace NATS.Client.JetStream;

/// <summary>Where a message of a consumer came from.</summary>
public readonly record struct NatsJSMsgMetadata(NatsJSSequencePair Sequence, ulong NumDelivered, ulong NumPending, DateTimeOffset Timestamp, string Stream, string Consumer, string Domain);

public readonly record struct NatsJSSequencePair(ulong Stream, ulong Consumer);
