using NATS.Client.Core;
using NATS.Client.Core.Internal;

namespace NATS.Client.JetStream.Internal;

/// <summary>Keeps messages coming, over lost connections, server restarts and changes of leaders.</summary>
internal sealed class ConsumeSub<T> : PullSub<T>
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);

    private readonly PullAccount _account;
    private readonly int _maxNoResponders;
    private readonly Timer _retry;
    private int _noResponders;

    public ConsumeSub(NatsJSContext context, string stream, string consumer, PullLimits limits, NatsJSConsumeOpts opts, INatsDeserialize<T>? serializer, CancellationToken cancellationToken)
        : base(context, stream, consumer, limits, serializer, opts.NotificationHandler, cancellationToken)
    {
        _maxNoResponders = opts.MaxConsecutive503Errors;
        _retry = new Timer(static sub => ((ConsumeSub<T>)sub!).PullAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _account = new PullAccount(limits);
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => OpenAsync(_account.StartOver(queued: 0), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _retry.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The reader is done with a message of that size: there is room for another.</summary>
    public void Taken(int size) => Settle(1, size);

    internal override void WriteResubscribe(CommandScratch commands)
    {
        base.WriteResubscribe(commands);
        WritePull(commands, _account.StartOver(Msgs.Count)); // the old requests died with the old session
    }

    protected override void OnMessage(NatsJSMsg<T> msg) => _noResponders = 0;

    protected override void OnStatus(NatsHeaders status)
    {
        switch (status)
        {
            case { Code: 100 }:
                break;
            case { Code: 503 }:
                OnNoResponders();
                break;
            case { Code: 409, Message: NatsHeaders.Messages.MessageSizeExceedsMaxBytes }:
                Notify(NatsJSMessageSizeExceedsMaxBytesNotification.Default);
                break;
            case { Code: 409 } when status.MessageText.Equals("Leadership Change", StringComparison.OrdinalIgnoreCase):
                Notify(NatsJSLeadershipChangeNotification.Default);
                PullAll();
                return;
            case { Code: 408 }:
                break;
            case var _ when IsTerminal(status):
                EndWith(new NatsJSProtocolException(status.Code, status.Message, status.MessageText), NatsSubEndReason.JetStreamError);
                return;
            default:
                Notify(new NatsJSProtocolNotification("Unhandled protocol message", status.Code, status.MessageText));
                break;
        }

        // A request that ended early says what it did not deliver.
        Settle(Pending(status, "Nats-Pending-Messages"), Pending(status, "Nats-Pending-Bytes"));
    }

    protected override void OnHeartbeatMissed()
    {
        ExpectHeartbeat();
        if (Msgs.Count > 0)
            return; // a slow reader, not a silent server
        Notify(NatsJSTimeoutNotification.Default);
        PullAll();
    }

    private void OnNoResponders()
    {
        Notify(NatsJSNoRespondersNotification.Default);
        var count = ++_noResponders;
        if (_maxNoResponders > 0 && count >= _maxNoResponders)
        {
            EndWith(new NatsJSException($"Consumer appears to be deleted after {count} consecutive 503 errors"), NatsSubEndReason.JetStreamError);
            return;
        }

        // A server that has just started may not have its consumers yet.
        var wait = FirstRetry * Math.Pow(2, Math.Min(count, 10));
        var longest = Limits.IdleHeartbeat > TimeSpan.Zero ? Limits.IdleHeartbeat * 2 : Limits.Expires;
        if (!HasEnded)
            _retry.Change(wait < longest ? wait : longest, Timeout.InfiniteTimeSpan);
    }

    private void PullAll() => Pull(_account.StartOver(Msgs.Count));

    private void Settle(long msgs, long bytes)
    {
        if (_account.Settle(msgs, bytes, out var request))
            Pull(request);
    }
}
