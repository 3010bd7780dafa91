using System.Diagnostics.Metrics;

namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>How large what people write is, and what viewers are sent.</summary>
public sealed class MessageSizes
{
    // A heartbeat's neighbour to the largest body that anybody may send.
    private static readonly int[] Bytes = [64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536, 262_144];

    private static readonly KeyValuePair<string, object?> ReceivedTag = new("direction", "received");
    private static readonly KeyValuePair<string, object?> SentTag = new("direction", "sent");

    private readonly Histogram<int> _size;

    public MessageSizes(IMeterFactory meters) => _size = meters.Create($"{TelemetrySetup.Prefix}.Messages").CreateHistogram(
        "livecomments.message.size", "By", "Comments as they are posted, and batches as they are sent; a batch once, however many get it.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = Bytes });

    public void Received(int bytes) => _size.Record(bytes, ReceivedTag);

    public void Sent(int bytes) => _size.Record(bytes, SentTag);
}
