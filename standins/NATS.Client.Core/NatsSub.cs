using System.Threading.Channels;

namespace NATS.Client.Core;

/// <summary>A subscription whose messages wait in a bounded channel.</summary>
public sealed class NatsSub<T> : NatsSubBase, INatsSub<T>
{
    private readonly Channel<NatsMsg<T>> _msgs;
    private readonly INatsDeserialize<T> _serializer;

    internal NatsSub(NatsConnection connection, string subject, string? queueGroup, NatsSubOpts? opts, INatsDeserialize<T> serializer, CancellationToken cancellationToken)
        : base(connection, subject, queueGroup, opts, cancellationToken)
    {
        _serializer = serializer;
        _msgs = Channel.CreateBounded<NatsMsg<T>>(
            connection.ChannelOptions(opts?.ChannelOpts),
            msg => connection.OnDropped(this, _msgs?.Reader.Count ?? 0, msg));
    }

    public ChannelReader<NatsMsg<T>> Msgs => _msgs.Reader;

    internal override ValueTask DeliverAsync(string subject, string? replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        var msg = NatsMsg<T>.Read(subject, replyTo, headers, payload, Connection, _serializer);
        OnQueued(_msgs.Reader.Count);
        return _msgs.Writer.TryWrite(msg) ? default : WaitAndWriteAsync(msg);
    }

    private protected override void Complete() => _msgs.Writer.TryComplete();

    private async ValueTask WaitAndWriteAsync(NatsMsg<T> msg)
    {
        try
        {
            await _msgs.Writer.WriteAsync(msg).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Unsubscribed while the message was under way.
        }
    }
}
