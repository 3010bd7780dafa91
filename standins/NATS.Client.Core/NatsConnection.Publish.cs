using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>Publishing: put together on the caller's thread, appended to the outgoing bytes, done. Hot path.</summary>
public partial class NatsConnection
{
    public ValueTask PublishAsync(string subject, NatsHeaders? headers = default, string? replyTo = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default) =>
        PublishAsync<byte[]>(subject, null, headers, replyTo, NatsRawSerializer<byte[]>.Default, opts, cancellationToken);

    public ValueTask PublishAsync<T>(string subject, T? data, NatsHeaders? headers = default, string? replyTo = default, INatsSerialize<T>? serializer = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default)
    {
        SubjectRules.CheckSubject(subject);
        SubjectRules.CheckReplyTo(replyTo);
        serializer ??= Opts.SerializerRegistry.GetSerializer<T>();
        return _state == NatsConnectionState.Open
            ? WritePublish(subject, data, headers, replyTo, serializer, cancellationToken)
            : ConnectAndPublishAsync(subject, data, headers, replyTo, serializer, cancellationToken);
    }

    public ValueTask PublishAsync<T>(in NatsMsg<T> msg, INatsSerialize<T>? serializer = default, NatsPubOpts? opts = default, CancellationToken cancellationToken = default) =>
        PublishAsync(msg.Subject, msg.Data, msg.Headers, msg.ReplyTo, serializer, opts, cancellationToken);

    private ValueTask WritePublish<T>(string subject, T? data, NatsHeaders? headers, string? replyTo, INatsSerialize<T> serializer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var scratch = CommandScratch.Rent();
        try
        {
            var bodyLength = scratch.Publish(subject, data, serializer, headers, replyTo, Opts, _serverInfo?.MaxPayload ?? 0);
            return _outgoing.WriteAsync(scratch.Written(bodyLength, scratch.Length), scratch.Written(0, bodyLength), Opts.CommandTimeout, cancellationToken);
        }
        finally
        {
            CommandScratch.Return(scratch);
        }
    }

    private async ValueTask ConnectAndPublishAsync<T>(string subject, T? data, NatsHeaders? headers, string? replyTo, INatsSerialize<T> serializer, CancellationToken cancellationToken)
    {
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            if (Opts.PublishTimeoutOnDisconnected)
                limit.CancelAfter(Opts.CommandTimeout);
            await ConnectAsync().AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
        }

        await WritePublish(subject, data, headers, replyTo, serializer, cancellationToken).ConfigureAwait(false);
    }
}
