using NATS.Client.Core;
using NATS.Client.Core.Internal;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Internal;

/// <summary>One request for a number of messages; ends with the last of them or when the server says that there are no more.</summary>
internal sealed class FetchSub<T> : PullSub<T>
{
    // The server ends the request itself; this is for a server that is gone.
    private static readonly TimeSpan ExpiryGrace = TimeSpan.FromSeconds(5);

    private readonly Timer _expiry;
    private readonly bool _noWait;
    private long _leftMsgs;
    private long _leftBytes;

    public FetchSub(NatsJSContext context, string stream, string consumer, PullLimits limits, NatsJSFetchOpts opts, bool noWait, INatsDeserialize<T>? serializer, CancellationToken cancellationToken)
        : base(context, stream, consumer, limits, serializer, opts.NotificationHandler, cancellationToken)
    {
        _noWait = noWait;
        (_leftMsgs, _leftBytes) = (limits.MaxMsgs, limits.MaxBytes);
        _expiry = new Timer(static sub => ((FetchSub<T>)sub!).End(NatsSubEndReason.Timeout), this, limits.Expires + ExpiryGrace, Timeout.InfiniteTimeSpan);
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => OpenAsync(NextRequest(), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    internal override void WriteResubscribe(CommandScratch commands)
    {
        base.WriteResubscribe(commands);
        WritePull(commands, NextRequest());
    }

    protected override void OnMessage(NatsJSMsg<T> msg)
    {
        _leftMsgs--;
        _leftBytes -= msg.Size;
        if (Limits.MaxBytes > 0 && _leftBytes <= 0)
            End(NatsSubEndReason.MaxBytes);
        else if (_leftMsgs <= 0)
            End(NatsSubEndReason.MaxMsgs);
    }

    protected override void OnStatus(NatsHeaders status)
    {
        switch (status)
        {
            case { Code: 100 }:
                break;
            case { Code: 404 }:
                End(NatsSubEndReason.NoMsgs);
                break;
            case { Code: 408, Message: NatsHeaders.Messages.RequestsPending }:
                End(NatsSubEndReason.RequestsPending);
                break;
            case { Code: 408 }:
                End(NatsSubEndReason.Timeout);
                break;
            case { Code: 409, Message: NatsHeaders.Messages.MessageSizeExceedsMaxBytes }:
                End(NatsSubEndReason.MaxBytes);
                break;
            case { Code: 503 }:
                Notify(NatsJSNoRespondersNotification.Default);
                End(NatsSubEndReason.None);
                break;
            case var _ when IsTerminal(status):
                EndWith(new NatsJSProtocolException(status.Code, status.Message, status.MessageText), NatsSubEndReason.JetStreamError);
                break;
            default:
                Notify(new NatsJSProtocolNotification("Unhandled protocol message", status.Code, status.MessageText));
                break;
        }
    }

    protected override void OnHeartbeatMissed()
    {
        // Without waiting there are no heartbeats; and one who reads slowly has messages to read.
        if (_noWait || Msgs.Count > 0)
            return;
        Notify(NatsJSTimeoutNotification.Default);
        End(NatsSubEndReason.IdleHeartbeatTimeout);
    }

    private ConsumerGetnextRequest NextRequest() => _noWait
        ? new ConsumerGetnextRequest { Batch = _leftMsgs, MaxBytes = Limits.MaxBytes > 0 ? _leftBytes : 0, NoWait = true }
        : new PullAccount(Limits).Request(_leftMsgs, Limits.MaxBytes > 0 ? _leftBytes : 0);
}
