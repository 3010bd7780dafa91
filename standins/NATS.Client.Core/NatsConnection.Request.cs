using System.Runtime.CompilerServices;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>Requests: a publish whose reply comes to the shared inbox. Hot path, since a JetStream publish is one.</summary>
public partial class NatsConnection
{
    public string NewInbox() => NewInbox(InboxPrefix);

    public ValueTask<NatsMsg<TReply>> RequestAsync<TReply>(
        string subject,
        INatsDeserialize<TReply>? replySerializer = default,
        NatsSubOpts? replyOpts = default,
        CancellationToken cancellationToken = default) =>
        RequestAsync<object, TReply>(subject, data: null, replySerializer: replySerializer, replyOpts: replyOpts, cancellationToken: cancellationToken);

    public async ValueTask<NatsMsg<TReply>> RequestAsync<TRequest, TReply>(
        string subject,
        TRequest? data,
        NatsHeaders? headers = default,
        INatsSerialize<TRequest>? requestSerializer = default,
        INatsDeserialize<TReply>? replySerializer = default,
        NatsPubOpts? requestOpts = default,
        NatsSubOpts? replyOpts = default,
        CancellationToken cancellationToken = default)
    {
        SubjectRules.CheckSubject(subject);
        using var pending = BeginRequest(replySerializer, replyOpts);
        await PublishAsync(subject, data, headers, pending.Subject, requestSerializer, requestOpts, cancellationToken).ConfigureAwait(false);
        return await GetReplyAsync(pending, cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<NatsMsg<TReply>> RequestManyAsync<TRequest, TReply>(
        string subject,
        TRequest? data,
        NatsHeaders? headers = default,
        INatsSerialize<TRequest>? requestSerializer = default,
        INatsDeserialize<TReply>? replySerializer = default,
        NatsPubOpts? requestOpts = default,
        NatsSubOpts? replyOpts = default,
        CancellationToken cancellationToken = default)
    {
        SubjectRules.CheckSubject(subject);
        replyOpts ??= new NatsSubOpts();
        replyOpts = replyOpts with
        {
            StopOnEmptyMsg = replyOpts.StopOnEmptyMsg ?? true,
            ThrowIfNoResponders = replyOpts.ThrowIfNoResponders ?? true,
            Timeout = replyOpts.Timeout ?? Opts.RequestTimeout,
        };
        return ReadRepliesAsync(cancellationToken);

        async IAsyncEnumerable<NatsMsg<TReply>> ReadRepliesAsync([EnumeratorCancellation] CancellationToken token)
        {
            await using var sub = new NatsSub<TReply>(this, NewInbox(), queueGroup: null, replyOpts, replySerializer ?? Opts.SerializerRegistry.GetDeserializer<TReply>(), CancellationToken.None);
            await AddAsync(sub, CancellationToken.None).ConfigureAwait(false);
            await PublishAsync(subject, data, headers, sub.Subject, requestSerializer, requestOpts, token).ConfigureAwait(false);
            await foreach (var msg in sub.Msgs.ReadAllAsync(token).ConfigureAwait(false))
                yield return msg;
        }
    }

    internal static string NewInbox(string prefix) => prefix.Length == 0 ? Nuid.NewNuid() : $"{prefix}.{Nuid.NewNuid()}";

    internal PendingReply<T> BeginRequest<T>(INatsDeserialize<T>? serializer, NatsSubOpts? opts) => _inbox.Add(
        this,
        serializer ?? Opts.SerializerRegistry.GetDeserializer<T>(),
        opts?.Timeout ?? Opts.RequestTimeout,
        opts?.ThrowIfNoResponders ?? !Opts.DirectSetIntentionally);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<NatsMsg<T>> GetReplyAsync<T>(PendingReply<T> pending, CancellationToken cancellationToken)
    {
        pending.StartTimeout();
        using var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingReply)state!).Fail(new TaskCanceledException(message: null, innerException: null, token)), pending);
        return await pending.Reply.ConfigureAwait(false);
    }
}
