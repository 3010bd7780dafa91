using NATS.Client.Core;
using NATS.Client.Core.Internal;

namespace NATS.Client.JetStream.Internal;

/// <summary>Like a consumption, but it ends with every disturbance: the ordered consumer then makes a new one that has no hole.</summary>
internal sealed class OrderedSub<T> : PullSub<T>
{
    private readonly PullAccount _account;

    public OrderedSub(NatsJSContext context, string stream, string consumer, PullLimits limits, NatsJSConsumeOpts opts, INatsDeserialize<T>? serializer, CancellationToken cancellationToken)
        : base(context, stream, consumer, limits, serializer, opts.NotificationHandler, cancellationToken) =>
        _account = new PullAccount(limits);

    public ValueTask OpenAsync(CancellationToken cancellationToken) => OpenAsync(_account.StartOver(queued: 0), cancellationToken);

    public void Taken(int size) => Settle(1, size);

    internal override void OnDisconnected() => EndWith(new NatsJSConnectionException("disconnected"), NatsSubEndReason.Exception);

    // The next session gets a consumer of its own.
    internal override void WriteResubscribe(CommandScratch commands)
    {
    }

    protected override void OnStatus(NatsHeaders status)
    {
        if (status.Code is 503 or 409 || IsTerminal(status))
            EndWith(new NatsJSProtocolException(status.Code, status.Message, status.MessageText), NatsSubEndReason.JetStreamError);
        else
            Settle(Pending(status, "Nats-Pending-Messages"), Pending(status, "Nats-Pending-Bytes"));
    }

    protected override void OnHeartbeatMissed()
    {
        if (Msgs.Count > 0)
        {
            ExpectHeartbeat(); // a slow reader, not a silent server
            return;
        }

        Notify(NatsJSTimeoutNotification.Default);
        EndWith(new NatsJSTimeoutException("idle-heartbeat"), NatsSubEndReason.IdleHeartbeatTimeout);
    }

    private void Settle(long msgs, long bytes)
    {
        if (_account.Settle(msgs, bytes, out var request))
            Pull(request);
    }
}
