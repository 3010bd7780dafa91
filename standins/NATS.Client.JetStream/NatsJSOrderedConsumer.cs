using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using NATS.Client.JetStream.Internal;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>
/// Every message of the stream, once and in order. The consumer behind it is short-lived: whenever something is missing
/// (a hole in its own numbering, a lost connection, a missed heartbeat), another one is made, from behind the last message on.
/// </summary>
public partial class NatsJSOrderedConsumer : INatsJSConsumer
{
    // The server forgets it by itself, too; this only saves its memory.
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(1);

    private readonly string _stream;
    private readonly NatsJSContext _context;
    private readonly NatsJSOrderedConsumerOpts _opts;
    private readonly CancellationToken _cancellationToken;
    private ulong _fetched;

    public NatsJSOrderedConsumer(string stream, NatsJSContext context, NatsJSOrderedConsumerOpts opts, CancellationToken cancellationToken)
    {
        _stream = stream;
        _context = context;
        _opts = opts;
        _cancellationToken = cancellationToken;
        Info = new ConsumerInfo { Name = string.Empty, StreamName = string.Empty };
    }

    /// <summary>Of the consumer that is behind it just now.</summary>
    public ConsumerInfo Info { get; private set; }

    public async IAsyncEnumerable<INatsJSMsg<T>> ConsumeAsync<T>(
        INatsDeserialize<T>? serializer = default,
        NatsJSConsumeOpts? opts = default,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        opts ??= _context.Opts.DefaultConsumeOpts;
        var limits = PullLimits.Of(opts.MaxMsgs, opts.MaxBytes, opts.Expires, opts.IdleHeartbeat, opts.ThresholdMsgs, opts.ThresholdBytes);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken, cancellationToken);
        var token = linked.Token;
        token.ThrowIfCancellationRequested();
        ulong last = 0;
        var fruitless = 0;
        while (!token.IsCancellationRequested && !_context.Core.IsDisposed)
        {
            if (fruitless++ > 0)
                await BackOffAsync(fruitless - 1, token).ConfigureAwait(false);
            var consumer = await CreateAsync(last, token).ConfigureAwait(false);
            try
            {
                await using var sub = new OrderedSub<T>(_context, _stream, consumer, limits, opts, serializer, token);
                await sub.OpenAsync(token).ConfigureAwait(false);
                for (ulong expected = 1; await WaitAsync(sub, token).ConfigureAwait(false);)
                {
                    if (!sub.Msgs.TryRead(out var msg) || !AckSubject.TryParseSequence(msg.ReplyTo, out var sequence))
                        continue;
                    if (sequence.Consumer != expected)
                    {
                        LogHole(_context.Logger, _stream, expected, sequence.Consumer);
                        break;
                    }

                    (last, expected, fruitless) = (sequence.Stream, expected + 1, 0);
                    yield return msg;
                    sub.Taken(msg.Size);
                }
            }
            finally
            {
                await TryDeleteAsync(consumer).ConfigureAwait(false);
            }
        }
    }

    public IAsyncEnumerable<INatsJSMsg<T>> FetchAsync<T>(NatsJSFetchOpts opts, INatsDeserialize<T>? serializer = default, CancellationToken cancellationToken = default) =>
        FetchCoreAsync(opts, noWait: false, serializer, cancellationToken);

    public IAsyncEnumerable<INatsJSMsg<T>> FetchNoWaitAsync<T>(NatsJSFetchOpts opts, INatsDeserialize<T>? serializer = default, CancellationToken cancellationToken = default) =>
        FetchCoreAsync(opts, noWait: true, serializer, cancellationToken);

    public async ValueTask<INatsJSMsg<T>?> NextAsync<T>(INatsDeserialize<T>? serializer = default, NatsJSNextOpts? opts = default, CancellationToken cancellationToken = default)
    {
        opts ??= _context.Opts.DefaultNextOpts;
        var fetch = new NatsJSFetchOpts { MaxMsgs = 1, Expires = opts.Expires, IdleHeartbeat = opts.IdleHeartbeat, NotificationHandler = opts.NotificationHandler };
        await foreach (var msg in FetchAsync(fetch, serializer, cancellationToken).ConfigureAwait(false))
            return msg;
        return null;
    }

    public ValueTask RefreshAsync(CancellationToken cancellationToken = default) => default;

    private async IAsyncEnumerable<INatsJSMsg<T>> FetchCoreAsync<T>(NatsJSFetchOpts opts, bool noWait, INatsDeserialize<T>? serializer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken, cancellationToken);
        var token = linked.Token;
        token.ThrowIfCancellationRequested();
        var (leftMsgs, leftBytes) = (opts.MaxMsgs, opts.MaxBytes);
        for (var attempt = 1; !token.IsCancellationRequested && leftMsgs is not <= 0 && leftBytes is not <= 0; attempt++)
        {
            var name = await CreateAsync(_fetched, token).ConfigureAwait(false);
            var consumer = new NatsJSConsumer(_context, Info);
            ulong expected = 1;
            var hasHole = false;
            try
            {
                await foreach (var msg in consumer.FetchCoreAsync(opts with { MaxMsgs = leftMsgs, MaxBytes = leftBytes }, noWait, serializer, token).ConfigureAwait(false))
                {
                    if (!AckSubject.TryParseSequence(msg.ReplyTo, out var sequence))
                        continue;
                    hasHole = sequence.Consumer != expected;
                    if (hasHole)
                        break;
                    (_fetched, expected) = (sequence.Stream, expected + 1);
                    (leftMsgs, leftBytes) = (leftMsgs - 1, leftBytes - msg.Size);
                    yield return msg;
                }
            }
            finally
            {
                await TryDeleteAsync(name).ConfigureAwait(false);
            }

            if (!hasHole)
                yield break;
            if (attempt == _opts.MaxResetAttempts)
                throw new NatsJSException("Maximum number of retry attempts reached.");
            await BackOffAsync(attempt, token).ConfigureAwait(false);
        }
    }

    /// <summary>False: this consumer is at its end, make another one.</summary>
    private async ValueTask<bool> WaitAsync<T>(OrderedSub<T> sub, CancellationToken cancellationToken)
    {
        try
        {
            return await sub.Msgs.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (NatsJSProtocolException exception) when (exception is { HeaderCode: 404 or 503 or 409 })
        {
            LogDisturbed(_context.Logger, _stream, exception.Message);
            return false;
        }
        catch (NatsJSException exception) when (exception is NatsJSConnectionException or NatsJSTimeoutException)
        {
            LogDisturbed(_context.Logger, _stream, exception.Message);
            return false;
        }
    }

    private async Task<string> CreateAsync(ulong lastSequence, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Info = await _context.CreateForOrderedAsync(_stream, _opts, lastSequence, cancellationToken).ConfigureAwait(false);
                return Info.Name;
            }
            catch (NatsJSException exception) when (exception is NatsJSApiNoResponseException or NatsJSApiException { Error.Code: 503 })
            {
                if (attempt == _opts.MaxResetAttempts)
                    throw new NatsJSException("Maximum number of create attempts reached.", exception);
            }

            await BackOffAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask TryDeleteAsync(string consumer)
    {
        if (_context.Connection.ConnectionState != NatsConnectionState.Open)
            return;
        try
        {
            using var limit = new CancellationTokenSource(DeleteTimeout);
            await _context.DeleteConsumerAsync(_stream, consumer, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or NatsException or ObjectDisposedException)
        {
            // It is gone already, or the server will see that nobody asks for it.
        }
    }

    private Task BackOffAsync(int attempt, CancellationToken cancellationToken)
    {
        var opts = _context.Connection.Opts;
        var wait = (opts.ReconnectWaitMin * Math.Pow(2, Math.Min(attempt, 16) - 1)) + (opts.ReconnectJitter * Random.Shared.NextDouble());
        return Task.Delay(wait < opts.ReconnectWaitMax ? wait : opts.ReconnectWaitMax, TimeProvider.System, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The ordered consumer of {Stream} begins again: expected its message {Expected}, got {Actual}")]
    private static partial void LogHole(ILogger logger, string stream, ulong expected, ulong actual);

    [LoggerMessage(LogLevel.Warning, "The ordered consumer of {Stream} begins again: {Reason}")]
    private static partial void LogDisturbed(ILogger logger, string stream, string reason);
}
