using NATS.Client.Core;
using NATS.Client.Core.Internal;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>A publish that is sent; its acknowledgement is asked for later, once.</summary>
public readonly struct NatsJSPublishConcurrentFuture : IAsyncDisposable
{
    private readonly PendingReply<PubAckResponse> _pending;

    internal NatsJSPublishConcurrentFuture(PendingReply<PubAckResponse> pending) => _pending = pending;

    public async ValueTask<PubAckResponse> GetResponseAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var msg = await NatsConnection.GetReplyAsync(_pending, cancellationToken).ConfigureAwait(false);
            return msg.Data ?? throw new NatsJSException("No response data received");
        }
        catch (NatsNoReplyException)
        {
            throw new NatsJSPublishNoResponseException();
        }
    }

    public ValueTask DisposeAsync()
    {
        _pending.Dispose();
        return default;
    }
}
