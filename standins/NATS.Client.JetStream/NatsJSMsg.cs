using System.Buffers;
using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream.Internal;

namespace NATS.Client.JetStream;

public interface INatsJSMsg<out T> : INatsMsg
{
    string Subject { get; }

    int Size { get; }

    T? Data { get; }

    INatsConnection? Connection { get; }

    NatsJSMsgMetadata? Metadata { get; }

    string? ReplyTo { get; }

    NatsException? Error { get; }

    void EnsureSuccess();

    ValueTask AckAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask NakAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask AckProgressAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask AckTerminateAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);
}

/// <summary>A message that a consumer delivered; acknowledged by a publish to its reply subject.</summary>
public readonly struct NatsJSMsg<T> : INatsJSMsg<T>
{
    private readonly NatsJSContext _context;
    private readonly NatsMsg<T> _msg;

    internal NatsJSMsg(NatsMsg<T> msg, NatsJSContext context)
    {
        _msg = msg;
        _context = context;
    }

    public string Subject => _msg.Subject;

    public int Size => _msg.Size;

    public NatsHeaders? Headers => _msg.Headers;

    public T? Data => _msg.Data;

    public INatsConnection? Connection => _msg.Connection;

    public NatsJSMsgMetadata? Metadata => AckSubject.Parse(_msg.ReplyTo, _context.Names);

    public string? ReplyTo => _msg.ReplyTo;

    public NatsException? Error => _msg.Error;

    internal NatsMsg<T> Msg => _msg;

    public void EnsureSuccess() => _msg.EnsureSuccess();

    public ValueTask AckAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        SendAsync(NatsJSConstants.Ack, opts, cancellationToken);

    public ValueTask NakAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        opts?.NakDelay is { Ticks: not 0 } delay
            ? SendAsync(Text($$"""-NAK {"delay": {{delay.Ticks * TimeSpan.NanosecondsPerTick}}}"""), opts, cancellationToken)
            : SendAsync(NatsJSConstants.Nak, opts, cancellationToken);

    public ValueTask AckProgressAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        SendAsync(NatsJSConstants.AckProgress, opts, cancellationToken);

    public ValueTask AckTerminateAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        opts?.TerminateReason is { Length: > 0 } reason
            ? SendAsync(Text($"+TERM {reason}"), opts, cancellationToken)
            : SendAsync(NatsJSConstants.AckTerminate, opts, cancellationToken);

    private static ReadOnlySequence<byte> Text(FormattableString text) => new(Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private async ValueTask SendAsync(ReadOnlySequence<byte> answer, AckOpts? opts, CancellationToken cancellationToken)
    {
        if (_msg.Connection is not { } connection)
            throw new NatsException("unable to send acknowledgment; message did not originate from a consumer");
        if (string.IsNullOrWhiteSpace(ReplyTo))
            throw new NatsException("unable to send acknowledgment; ReplyTo is empty");
        // A double acknowledgement is a request: the server confirms that it has the first.
        if (opts?.DoubleAck ?? _context.Opts.DoubleAck)
            await connection.RequestAsync<ReadOnlySequence<byte>, byte[]>(ReplyTo, answer, cancellationToken: cancellationToken).ConfigureAwait(false);
        else
            await connection.PublishAsync(ReplyTo, answer, serializer: NatsRawSerializer<ReadOnlySequence<byte>>.Default, cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
