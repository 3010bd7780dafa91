using System.Threading.Channels;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>Events are raised one after another by a task of their own: a slow handler holds back only later events.</summary>
public partial class NatsConnection
{
    // Of these there may be one for each message, so that they must not pile up behind a slow handler; what is over is not told.
    private const int MaxQueuedDropEvents = 1024;

    // Few: state changes, server errors, and the bounded number of drops.
    private readonly Channel<(NatsEventArgs Args, bool? IsOpened)> _events =
        Channel.CreateUnbounded<(NatsEventArgs, bool?)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Task _raising;
    private int _queuedDropEvents;

    public event AsyncEventHandler<NatsEventArgs>? ConnectionDisconnected;

    public event AsyncEventHandler<NatsEventArgs>? ConnectionOpened;

    public event AsyncEventHandler<NatsEventArgs>? ReconnectFailed;

    public event AsyncEventHandler<NatsMessageDroppedEventArgs>? MessageDropped;

    public event AsyncEventHandler<NatsSlowConsumerEventArgs>? SlowConsumerDetected;

    public event AsyncEventHandler<NatsLameDuckModeActivatedEventArgs>? LameDuckModeActivated;

    public event AsyncEventHandler<NatsServerErrorEventArgs>? ServerError;

    internal void OnDropped<T>(NatsSubBase sub, int pending, NatsMsg<T> msg)
    {
        if (MessageDropped is not null && Volatile.Read(ref _queuedDropEvents) < MaxQueuedDropEvents)
        {
            Interlocked.Increment(ref _queuedDropEvents);
            Raise(new NatsMessageDroppedEventArgs(sub, pending, msg.Subject, msg.ReplyTo, msg.Headers, msg.Data));
        }

        if (!sub.TryMarkSlow())
            return;
        Raise(new NatsSlowConsumerEventArgs(sub));
        if (!Opts.SuppressSlowConsumerWarnings)
            LogSlowConsumer(_logger, sub.Subject);
    }

    /// <param name="args">What happened.</param>
    /// <param name="isOpened">Of a plain event: opened, lost, or (null) an attempt that failed.</param>
    private void Raise(NatsEventArgs args, bool? isOpened = null) => _events.Writer.TryWrite((args, isOpened));

    private async Task RaiseEventsAsync()
    {
        await foreach (var (args, isOpened) in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            switch (args)
            {
                case NatsMessageDroppedEventArgs dropped:
                    Interlocked.Decrement(ref _queuedDropEvents);
                    await CallAsync(MessageDropped, dropped).ConfigureAwait(false);
                    break;
                case NatsSlowConsumerEventArgs slow:
                    await CallAsync(SlowConsumerDetected, slow).ConfigureAwait(false);
                    break;
                case NatsLameDuckModeActivatedEventArgs lameDuck:
                    await CallAsync(LameDuckModeActivated, lameDuck).ConfigureAwait(false);
                    break;
                case NatsServerErrorEventArgs error:
                    await CallAsync(ServerError, error).ConfigureAwait(false);
                    break;
                default:
                    var handlers = isOpened switch { true => ConnectionOpened, false => ConnectionDisconnected, null => ReconnectFailed };
                    await CallAsync(handlers, args).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async ValueTask CallAsync<T>(AsyncEventHandler<T>? handlers, T args)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                await handler(this, args).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogHandlerFailed(_logger, exception);
            }
        }
    }
}
