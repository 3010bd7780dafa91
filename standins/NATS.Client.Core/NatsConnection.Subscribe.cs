using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

/// <summary>Subscriptions: told to the server once for each session, found by number when a message comes.</summary>
public partial class NatsConnection
{
    public IAsyncEnumerable<NatsMsg<T>> SubscribeAsync<T>(string subject, string? queueGroup = default, INatsDeserialize<T>? serializer = default, NatsSubOpts? opts = default, CancellationToken cancellationToken = default)
    {
        SubjectRules.CheckSubject(subject);
        SubjectRules.CheckQueueGroup(queueGroup);
        return ReadAllAsync(subject, queueGroup, serializer, opts, cancellationToken);
    }

    public ValueTask<INatsSub<T>> SubscribeCoreAsync<T>(string subject, string? queueGroup = default, INatsDeserialize<T>? serializer = default, NatsSubOpts? opts = default, CancellationToken cancellationToken = default)
    {
        SubjectRules.CheckSubject(subject);
        SubjectRules.CheckQueueGroup(queueGroup);
        return OpenAsync();

        async ValueTask<INatsSub<T>> OpenAsync()
        {
            var sub = new NatsSub<T>(this, subject, queueGroup, opts, serializer ?? Opts.SerializerRegistry.GetDeserializer<T>(), cancellationToken);
            await AddAsync(sub, cancellationToken).ConfigureAwait(false);
            return sub;
        }
    }

    /// <summary>Waits for the connection, not for the server's word: commands are read in order anyway.</summary>
    internal async ValueTask AddAsync(NatsSubBase sub, CancellationToken cancellationToken)
    {
        if (_state != NatsConnectionState.Open)
            await ConnectAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        sub.Sid = Interlocked.Increment(ref _lastSid);
        // In this order: a session that begins between the two tells the server twice, which it ignores.
        _subs[sub.Sid] = sub;
        var commands = CommandScratch.Rent();
        commands.Subscribe(sub.Sid, sub.Subject, sub.QueueGroup, Opts.SubjectEncoding);
        if (sub.PendingMsgs is { } count)
            commands.Unsubscribe(sub.Sid, count);
        _outgoing.WriteControl(commands.Written(0, commands.Length));
        CommandScratch.Return(commands);
        sub.Start(cancellationToken);
        if (IsDisposed)
            sub.End(NatsSubEndReason.None); // disposed meanwhile, and perhaps not seen
    }

    internal void Remove(NatsSubBase sub)
    {
        if (_subs.TryRemove(sub.Sid, out _))
            SendUnsubscribe(sub);
    }

    internal void Forget(NatsSubBase sub) => _subs.TryRemove(sub.Sid, out _);

    internal void SendUnsubscribe(NatsSubBase sub)
    {
        var commands = CommandScratch.Rent();
        commands.Unsubscribe(sub.Sid);
        _outgoing.WriteControl(commands.Written(0, commands.Length));
        CommandScratch.Return(commands);
    }

    /// <summary>From the reader: hands a message to its request or subscription. One without either was unsubscribed meanwhile.</summary>
    internal ValueTask Deliver(int sid, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        if (sid == _inboxSid)
        {
            _inbox.Deliver(subject, replyTo, headers, payload);
            return default;
        }

        return _subs.TryGetValue(sid, out var sub) ? sub.ReceiveAsync(subject, replyTo, headers, payload) : default;
    }

    internal BoundedChannelOptions ChannelOptions(NatsSubChannelOpts? opts) => new(opts?.Capacity ?? Opts.SubPendingChannelCapacity)
    {
        FullMode = opts?.FullMode ?? Opts.SubPendingChannelFullMode,
        SingleWriter = true,
        SingleReader = false,
        AllowSynchronousContinuations = false,
    };

    private async IAsyncEnumerable<NatsMsg<T>> ReadAllAsync<T>(string subject, string? queueGroup, INatsDeserialize<T>? serializer, NatsSubOpts? opts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var sub = new NatsSub<T>(this, subject, queueGroup, opts, serializer ?? Opts.SerializerRegistry.GetDeserializer<T>(), cancellationToken);
        await AddAsync(sub, cancellationToken).ConfigureAwait(false);
        // Without the token: cancelling ends the subscription, and what had arrived is still read.
        await foreach (var msg in sub.Msgs.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            yield return msg;
    }
}
