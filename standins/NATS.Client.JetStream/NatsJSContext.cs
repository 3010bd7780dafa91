using System.Globalization;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using NATS.Client.JetStream.Internal;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>JetStream over a connection. Holds no state of its own. This file: publishing and the API's requests.</summary>
public partial class NatsJSContext : INatsJSContext
{
    private readonly NatsSubOpts _replyOpts;

    public NatsJSContext(INatsConnection connection)
        : this(connection, new NatsJSOpts(connection.Opts))
    {
    }

    public NatsJSContext(INatsConnection connection, NatsJSOpts opts)
    {
        Connection = connection;
        Opts = opts;
        Logger = connection.Opts.LoggerFactory.CreateLogger<NatsJSContext>();
        // "No responders" comes as a message: here it has a meaning of its own.
        _replyOpts = new NatsSubOpts { MaxMsgs = 1, Timeout = opts.RequestTimeout, ThrowIfNoResponders = false };
    }

    public INatsConnection Connection { get; }

    public NatsJSOpts Opts { get; }

    internal ILogger Logger { get; }

    internal NameCache Names { get; } = new();

    internal NatsConnection Core => Connection.Connection as NatsConnection
        ?? throw new NatsJSException($"{Connection.GetType()} is no {nameof(NatsConnection)}");

    public ValueTask<AccountInfoResponse> GetAccountInfoAsync(CancellationToken cancellationToken = default) =>
        JSRequestResponseAsync<object, AccountInfoResponse>($"{Opts.Prefix}.INFO", request: null, cancellationToken);

    /// <summary>Completes when the server has answered: stored, a duplicate, or refused (see the response).</summary>
    public async ValueTask<PubAckResponse> PublishAsync<T>(
        string subject,
        T? data,
        INatsSerialize<T>? serializer = default,
        NatsJSPubOpts? opts = default,
        NatsHeaders? headers = default,
        CancellationToken cancellationToken = default)
    {
        var result = await TryPublishAsync(subject, data, serializer, opts, headers, cancellationToken).ConfigureAwait(false);
        return result.Success ? result.Value : throw result.Error;
    }

    public async ValueTask<NatsResult<PubAckResponse>> TryPublishAsync<T>(
        string subject,
        T? data,
        INatsSerialize<T>? serializer = default,
        NatsJSPubOpts? opts = default,
        NatsHeaders? headers = default,
        CancellationToken cancellationToken = default)
    {
        headers = WithExpectations(headers, opts);
        opts ??= NatsJSPubOpts.Default;
        for (var attempt = 0; attempt < opts.RetryAttempts; attempt++)
        {
            NatsMsg<PubAckResponse> reply;
            try
            {
                reply = await Connection.RequestAsync(subject, data, headers, serializer, PubAckReader.Default, opts, _replyOpts, cancellationToken).ConfigureAwait(false);
            }
            catch (NatsNoReplyException)
            {
                return new NatsJSPublishNoResponseException();
            }
            catch (NatsException exception)
            {
                return exception;
            }

            if (!reply.HasNoResponders)
                return reply.Data is { } ack ? ack : new NatsJSException("No response data received");
            await Task.Delay(opts.RetryWaitBetweenAttempts, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return new NatsJSPublishNoResponseException();
    }

    public async ValueTask<NatsJSPublishConcurrentFuture> PublishConcurrentAsync<T>(
        string subject,
        T? data,
        INatsSerialize<T>? serializer = default,
        NatsJSPubOpts? opts = default,
        NatsHeaders? headers = default,
        CancellationToken cancellationToken = default)
    {
        headers = WithExpectations(headers, opts);
        var pending = Core.BeginRequest(PubAckReader.Default, new NatsSubOpts { Timeout = Opts.RequestTimeout, ThrowIfNoResponders = true });
        try
        {
            await Core.PublishAsync(subject, data, headers, pending.Subject, serializer, opts, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            pending.Dispose();
            throw;
        }

        pending.StartTimeout();
        return new NatsJSPublishConcurrentFuture(pending);
    }

    public string NewBaseInbox() => NatsConnection.NewInbox(Connection.Opts.InboxPrefix);

    public async ValueTask<TResponse> JSRequestResponseAsync<TRequest, TResponse>(
        string subject,
        TRequest? request,
        CancellationToken cancellationToken = default)
        where TRequest : class
        where TResponse : class
    {
        var reply = await RequestAsync<TRequest, TResponse>(subject, request, cancellationToken).ConfigureAwait(false);
        return ValueOf(reply);
    }

    private static T ValueOf<T>(ApiReply<T> reply)
        where T : class =>
        reply.Value ?? throw new NatsJSApiException(reply.Error ?? new ApiError { Description = "Unknown state" });

    private async ValueTask<ApiReply<TResponse>> RequestAsync<TRequest, TResponse>(string subject, TRequest? request, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        NatsMsg<ApiReply<TResponse>> reply;
        try
        {
            reply = await Connection.RequestAsync(
                subject,
                request,
                headers: null,
                NatsJSJsonSerializer<TRequest>.Default,
                ApiReplyReader<TResponse>.Default,
                requestOpts: null,
                _replyOpts,
                cancellationToken).ConfigureAwait(false);
        }
        catch (NatsNoReplyException)
        {
            throw new NatsJSApiNoResponseException();
        }

        reply.EnsureSuccess();
        return reply.Data;
    }

    private static NatsHeaders? WithExpectations(NatsHeaders? headers, NatsJSPubOpts? opts)
    {
        if (opts is null)
            return headers;
        Set("Nats-Msg-Id", opts.MsgId);
        Set("Nats-Expected-Last-Msg-Id", opts.ExpectedLastMsgId);
        Set("Nats-Expected-Stream", opts.ExpectedStream);
        Set("Nats-Expected-Last-Sequence", opts.ExpectedLastSequence?.ToString(CultureInfo.InvariantCulture));
        Set("Nats-Expected-Last-Subject-Sequence", opts.ExpectedLastSubjectSequence?.ToString(CultureInfo.InvariantCulture));
        Set("Nats-Expected-Last-Subject-Sequence-Subject", opts.ExpectedLastSubjectSequenceSubject);
        return headers;

        void Set(string name, string? value)
        {
            if (value is not null)
                (headers ??= new NatsHeaders())[name] = value;
        }
    }

    // The name becomes a word of a subject.
    private static void CheckStreamName(string? stream)
    {
        ArgumentException.ThrowIfNullOrEmpty(stream);
        if (stream.AsSpan().ContainsAny(" ."))
            throw new ArgumentException("Stream name cannot contain ' ', '.'", nameof(stream));
    }

    private static void CheckConsumerName(string consumer)
    {
        if (consumer.AsSpan().ContainsAny(".*>"))
            throw new ArgumentException("Consumer name cannot contain '.', '*', '>'", nameof(consumer));
    }
}
