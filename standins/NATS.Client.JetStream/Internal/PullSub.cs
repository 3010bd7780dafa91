using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using NATS.Client.Core.Internal;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Internal;

/// <summary>
/// The subscription behind a consumer: messages come to an inbox, because they were asked for. A status (a message on the
/// inbox's own subject) says that a request ended, or that the server is alive. What is done then depends on the purpose.
/// </summary>
internal abstract partial class PullSub<T> : NatsSubBase
{
    // Twice what is asked for at once: the next request goes out while half of the last is unread.
    private const int ChannelFactor = 2;

    // When bytes are the limit; as large as the real client's.
    private const int ChannelCapacityForBytes = 1_000;

    // A heartbeat may be late, two are not.
    private const int MissedHeartbeats = 2;

    private readonly INatsDeserialize<T> _serializer;
    private readonly Channel<NatsJSMsg<T>> _msgs;
    private readonly Timer? _heartbeats;
    private readonly string _nextSubject;
    private readonly Func<INatsJSNotification, CancellationToken, Task>? _notificationHandler;
    private readonly CancellationToken _cancellationToken;

    private protected PullSub(NatsJSContext context, string stream, string consumer, PullLimits limits, INatsDeserialize<T>? serializer,
        Func<INatsJSNotification, CancellationToken, Task>? notificationHandler, CancellationToken cancellationToken)
        : base(context.Core, context.NewBaseInbox(), queueGroup: null, opts: null, cancellationToken)
    {
        Context = context;
        Limits = limits;
        _serializer = serializer ?? context.Connection.Opts.SerializerRegistry.GetDeserializer<T>();
        _notificationHandler = notificationHandler;
        _cancellationToken = cancellationToken;
        _nextSubject = $"{context.Opts.Prefix}.CONSUMER.MSG.NEXT.{stream}.{consumer}";
        var capacity = limits.MaxBytes > 0 ? ChannelCapacityForBytes : (int)limits.MaxMsgs * ChannelFactor;
        _msgs = Channel.CreateBounded<NatsJSMsg<T>>(
            Connection.ChannelOptions(new NatsSubChannelOpts { Capacity = capacity }),
            msg => Connection.OnDropped(this, _msgs?.Reader.Count ?? 0, msg.Msg));
        if (limits.IdleHeartbeat > TimeSpan.Zero)
            _heartbeats = new Timer(static sub => ((PullSub<T>)sub!).OnHeartbeatMissed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ChannelReader<NatsJSMsg<T>> Msgs => _msgs.Reader;

    protected NatsJSContext Context { get; }

    protected PullLimits Limits { get; }

    public async ValueTask OpenAsync(ConsumerGetnextRequest request, CancellationToken cancellationToken)
    {
        await Connection.AddAsync(this, cancellationToken).ConfigureAwait(false);
        await Connection.PublishAsync(_nextSubject, request, replyTo: Subject, serializer: NatsJSJsonSerializer<ConsumerGetnextRequest>.Default, cancellationToken: cancellationToken).ConfigureAwait(false);
        ExpectHeartbeat();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        if (_heartbeats is not null)
            await _heartbeats.DisposeAsync().ConfigureAwait(false);
    }

    internal override ValueTask DeliverAsync(string subject, string? replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        ExpectHeartbeat();
        if (subject == Subject)
        {
            if (headers.Length == 0)
                return default; // nobody's status
            var status = new NatsHeaders();
            HeaderCodec.Read(headers.Span, status, Connection.Opts.HeaderEncoding);
            OnStatus(status);
            return default;
        }

        var msg = new NatsJSMsg<T>(NatsMsg<T>.Read(subject, replyTo, headers, payload, Connection, _serializer), Context);
        OnQueued(_msgs.Reader.Count);
        if (_msgs.Writer.TryWrite(msg))
        {
            OnMessage(msg);
            return default;
        }

        return WaitAndWriteAsync(msg);
    }

    protected abstract void OnStatus(NatsHeaders status);

    protected virtual void OnMessage(NatsJSMsg<T> msg)
    {
    }

    protected abstract void OnHeartbeatMissed();

    /// <summary>Asks for more, without waiting. While the connection is lost this is in vain, and done again afterwards.</summary>
    protected void Pull(ConsumerGetnextRequest request)
    {
        if (Connection.ConnectionState != NatsConnectionState.Open || HasEnded)
            return;
        _ = PullAsync();

        async Task PullAsync()
        {
            try
            {
                await Connection.PublishAsync(_nextSubject, request, replyTo: Subject, serializer: NatsJSJsonSerializer<ConsumerGetnextRequest>.Default, cancellationToken: _cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or NatsException or ObjectDisposedException)
            {
                LogPullFailed(Context.Logger, exception); // a missed heartbeat or the next session asks again
            }
        }
    }

    protected void WritePull(CommandScratch commands, ConsumerGetnextRequest request)
    {
        // Publish wants a scratch of its own: body before line.
        var pull = CommandScratch.Rent();
        var bodyLength = pull.Publish(_nextSubject, request, NatsJSJsonSerializer<ConsumerGetnextRequest>.Default, headers: null, Subject, Connection.Opts, maxPayload: 0);
        commands.Text(pull.Written(bodyLength, pull.Length));
        commands.Text(pull.Written(0, bodyLength));
        CommandScratch.Return(pull);
    }

    protected void ExpectHeartbeat()
    {
        if (_heartbeats is null || HasEnded)
            return;
        try
        {
            _heartbeats.Change(Limits.IdleHeartbeat * MissedHeartbeats, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Disposed in the same moment.
        }
    }

    /// <summary>What was queued is still read, then the reader gets the exception.</summary>
    protected void EndWith(Exception exception, NatsSubEndReason reason)
    {
        _msgs.Writer.TryComplete(exception);
        End(reason);
    }

    protected void Notify(INatsJSNotification notification)
    {
        if (_notificationHandler is not { } handler)
            return;
        _ = Task.Run(async () =>
        {
            try
            {
                await handler(notification, _cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                EndWith(exception, NatsSubEndReason.Exception);
            }
        });
    }

    /// <summary>A status after which the consumer never answers again.</summary>
    protected static bool IsTerminal(NatsHeaders status) =>
        status.Code is 400 or 404
        || status.Code == 409
            && (status.Message is NatsHeaders.Messages.ConsumerDeleted or NatsHeaders.Messages.ConsumerIsPushBased
                || status.MessageText.StartsWith("Exceeded Max", StringComparison.OrdinalIgnoreCase));

    protected static long Pending(NatsHeaders status, string name) =>
        status.TryGetLastValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private protected override void Complete() => _msgs.Writer.TryComplete();

    private async ValueTask WaitAndWriteAsync(NatsJSMsg<T> msg)
    {
        try
        {
            await _msgs.Writer.WriteAsync(msg, CancellationToken.None).ConfigureAwait(false);
            OnMessage(msg);
        }
        catch (ChannelClosedException)
        {
            // Ended while the message was under way.
        }
    }

    [LoggerMessage(LogLevel.Debug, "A pull request could not be sent")]
    private static partial void LogPullFailed(ILogger logger, Exception reason);
}
