using System.Buffers.Binary;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>WebSocket frames as servers send them (RFC 6455, 5.2), unmasked. A piece is a text frame; a ping is answered.</summary>
sealed class WebSocketBody : Body
{
    private const int MaxHeadLength = 10;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Continuation = 0;
    private const int Close = 8;
    private const int Ping = 9;

    // A control frame has at most 125 bytes, which come back in the answer.
    private const int MaxControl = 125;

    private readonly byte[] _head = new byte[MaxHeadLength];
    private int _headLength;
    private int _kind;
    private long _left;
    private byte[]? _control;
    private int _controlLength;

    public override void Feed(ReadOnlySpan<byte> bytes, Viewer viewer, long now)
    {
        while (!bytes.IsEmpty)
        {
            if (_left == 0)
            {
                _head[_headLength++] = bytes[0];
                bytes = bytes[1..];
                if (!TryReadHead())
                    continue;
                _headLength = 0;
                if (_left == 0)
                    End(viewer);
                continue;
            }

            var count = (int)Math.Min(_left, bytes.Length);
            if (_kind is Text or Binary or Continuation)
                viewer.OnText(bytes[..count], now);
            else
                Keep(bytes[..count]);
            bytes = bytes[count..];
            _left -= count;
            if (_left == 0)
                End(viewer);
        }
    }

    /// <summary>A masked frame as clients must send it. The mask is zero, which leaves the text as it is.</summary>
    public static byte[] Frame(int kind, ReadOnlySpan<byte> text)
    {
        var frame = new byte[6 + text.Length];
        (frame[0], frame[1]) = ((byte)(0x80 | kind), (byte)(0x80 | text.Length));
        text.CopyTo(frame.AsSpan(6));
        return frame;
    }

    public static byte[] TextFrame(ReadOnlySpan<byte> text) => Frame(Text, text);

    private bool TryReadHead()
    {
        if (_headLength < 2)
            return false;
        var length = _head[1] & 0x7f;
        var needed = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (_headLength < needed)
            return false;
        _kind = _head[0] & 0x0f;
        _left = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(2)),
            127 => BinaryPrimitives.ReadInt64BigEndian(_head.AsSpan(2)),
            _ => length,
        };
        return true;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        _control ??= new byte[MaxControl];
        bytes.CopyTo(_control.AsSpan(_controlLength));
        _controlLength += bytes.Length;
    }

    private void End(Viewer viewer)
    {
        const int Pong = 10;
        switch (_kind)
        {
            case Text or Binary or Continuation: viewer.OnPieceEnd(); break;
            case Ping: viewer.Send(Frame(Pong, _control.AsSpan(0, _controlLength))); break;
            case Close: viewer.OnCloseFrame(); break;
        }

        _controlLength = 0;
    }
}
