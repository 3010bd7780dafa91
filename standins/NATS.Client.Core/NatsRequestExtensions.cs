namespace NATS.Client.Core;

public static class NatsRequestExtensions
{
    public static ValueTask<NatsMsg<TReply>> RequestAsync<TRequest, TReply>(
        this INatsConnection nats,
        in NatsMsg<TRequest> msg,
        INatsSerialize<TRequest>? requestSerializer = default,
        INatsDeserialize<TReply>? replySerializer = default,
        NatsPubOpts? requestOpts = default,
        NatsSubOpts? replyOpts = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nats);
        if (!string.IsNullOrWhiteSpace(msg.ReplyTo))
            throw new NatsException("Can't set reply-to for a request");
        return nats.RequestAsync<TRequest, TReply>(msg.Subject, msg.Data, msg.Headers, requestSerializer, replySerializer, requestOpts, replyOpts, cancellationToken);
    }
}
