using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

[Flags]
[SuppressMessage("Design", "CA1028", Justification = "A byte in the real package, too.")]
public enum NatsMsgFlags : byte
{
    None = 0,
    Empty = 1,
    NoResponders = 2,
}

public interface INatsMsg
{
    NatsHeaders? Headers { get; }
}

public interface INatsMsg<T> : INatsMsg
{
    string Subject { get; init; }

    string? ReplyTo { get; init; }

    int Size { get; init; }

    T? Data { get; init; }

    INatsConnection? Connection { get; init; }

    NatsException? Error { get; }

    void EnsureSuccess();

    ValueTask ReplyAsync(NatsHeaders? headers = default, string? replyTo = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default);

    ValueTask ReplyAsync<TReply>(TReply data, NatsHeaders? headers = default, string? replyTo = default, INatsSerialize<TReply>? serializer = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default);

    ValueTask ReplyAsync<TReply>(NatsMsg<TReply> msg, INatsSerialize<TReply>? serializer = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default);
}

/// <summary>One message. <see cref="Size"/> counts subject, reply subject, headers and payload.</summary>
public readonly record struct NatsMsg<T> : INatsMsg<T>
{
    public NatsMsg(
        string subject,
        string? replyTo,
        int size,
        NatsHeaders? headers,
        T? data,
        INatsConnection? connection,
        NatsMsgFlags flags = default)
    {
        Subject = subject;
        ReplyTo = replyTo;
        Size = size;
        Headers = headers;
        Data = data;
        Connection = connection;
        Flags = flags;
    }

    public NatsException? Error => Headers?.Error;

    public string Subject { get; init; }

    public string? ReplyTo { get; init; }

    public int Size { get; init; }

    public NatsMsgFlags Flags { get; init; }

    public NatsHeaders? Headers { get; init; }

    public T? Data { get; init; }

    public INatsConnection? Connection { get; init; }

    public bool IsEmpty => (Flags & NatsMsgFlags.Empty) != 0;

    public bool HasNoResponders => (Flags & NatsMsgFlags.NoResponders) != 0;

    public void EnsureSuccess()
    {
        if (HasNoResponders)
            throw new NatsNoRespondersException();
        if (Error is { } error)
            throw error;
    }

    public ValueTask ReplyAsync(NatsHeaders? headers = default, string? replyTo = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default)
    {
        var (connection, subject) = ReplyAddress();
        return connection.PublishAsync(subject, headers, replyTo, opts, cancellationToken);
    }

    public ValueTask ReplyAsync<TReply>(TReply data, NatsHeaders? headers = default, string? replyTo = default, INatsSerialize<TReply>? serializer = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default)
    {
        var (connection, subject) = ReplyAddress();
        return connection.PublishAsync(subject, data, headers, replyTo, serializer, opts, cancellationToken);
    }

    public ValueTask ReplyAsync<TReply>(NatsMsg<TReply> msg, INatsSerialize<TReply>? serializer = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default)
    {
        var (connection, subject) = ReplyAddress();
        return connection.PublishAsync(msg with { Subject = subject }, serializer, opts, cancellationToken);
    }

    public void Deconstruct(out string subject, out string? replyTo, out int size, out NatsHeaders? headers, out T? data, out INatsConnection? connection, out NatsMsgFlags flags)
    {
        (subject, replyTo, size, headers) = (Subject, ReplyTo, Size, Headers);
        (data, connection, flags) = (Data, Connection, Flags);
    }

    /// <summary>Makes a message of what was received. A fault of headers or payload becomes its <see cref="Error"/>.</summary>
    internal static NatsMsg<T> Read(string subject, string? replyTo, ReadOnlyMemory<byte> headerBytes, ReadOnlyMemory<byte> payload, NatsConnection connection, INatsDeserialize<T> serializer)
    {
        NatsHeaders? headers = null;
        var flags = NatsMsgFlags.None;
        if (payload.Length == 0)
            flags = HeaderCodec.IsNoResponders(headerBytes.Span) ? NatsMsgFlags.Empty | NatsMsgFlags.NoResponders : NatsMsgFlags.Empty;
        if (headerBytes.Length > 0)
        {
            headers = new NatsHeaders();
            try
            {
                HeaderCodec.Read(headerBytes.Span, headers, connection.Opts.HeaderEncoding);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                headers.Error = new NatsHeaderParseException(headerBytes.ToArray(), exception);
            }
        }

        T? data = default;
        if (headers?.Error is null)
        {
            try
            {
                data = serializer.Deserialize(new ReadOnlySequence<byte>(payload));
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                headers ??= new NatsHeaders();
                headers.Error = new NatsDeserializeException(payload.ToArray(), exception);
            }
        }

        var size = subject.Length + (replyTo?.Length ?? 0) + headerBytes.Length + payload.Length;
        return new NatsMsg<T>(subject, replyTo, size, headers, data, connection, flags);
    }

    private (INatsConnection Connection, string Subject) ReplyAddress()
    {
        if (Connection is null)
            throw new NatsException("unable to send reply; message did not originate from a subscription");
        if (string.IsNullOrWhiteSpace(ReplyTo))
            throw new NatsException("unable to send reply; ReplyTo is empty");
        return (Connection, ReplyTo);
    }
}
