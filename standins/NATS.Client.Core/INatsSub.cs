using System.Threading.Channels;

namespace NATS.Client.Core;

public interface INatsSub<T> : IAsyncDisposable
{
    ChannelReader<NatsMsg<T>> Msgs { get; }

    string Subject { get; }

    string? QueueGroup { get; }

    ValueTask UnsubscribeAsync();

    ValueTask DrainAsync(CancellationToken cancellationToken = default);
}
