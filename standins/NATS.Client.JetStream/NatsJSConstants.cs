using System.Buffers;

namespace NATS.Client.JetStream;

public static class NatsJSConstants
{
    public static readonly ReadOnlySequence<byte> Ack = new("+ACK"u8.ToArray());
    public static readonly ReadOnlySequence<byte> Nak = new("-NAK"u8.ToArray());
    public static readonly ReadOnlySequence<byte> AckProgress = new("+WPI"u8.ToArray());
    public static readonly ReadOnlySequence<byte> AckTerminate = new("+TERM"u8.ToArray());
}
