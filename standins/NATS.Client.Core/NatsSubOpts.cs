using System.Threading.Channels;

namespace NATS.Client.Core;

public record NatsSubOpts
{
    public int? MaxMsgs { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? StartUpTimeout { get; init; }

    public TimeSpan? IdleTimeout { get; init; }

    public bool? StopOnEmptyMsg { get; init; }

    public bool? ThrowIfNoResponders { get; init; }

    public NatsSubChannelOpts? ChannelOpts { get; init; }
}

public record NatsSubChannelOpts
{
    public BoundedChannelFullMode? FullMode { get; init; }

    public int? Capacity { get; init; }
}
