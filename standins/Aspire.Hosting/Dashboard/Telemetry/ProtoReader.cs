using System.Buffers.Binary;
using System.Text;

namespace Aspire.Hosting.Dashboard.Telemetry;

/// <summary>What a message is made of, field by field, as the protobuf encoding defines it. Nothing is known of the message here.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;
    private ulong _number;
    private ReadOnlySpan<byte> _bytes;

    /// <summary>The field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    public readonly string Text => Encoding.UTF8.GetString(_bytes);

    public readonly string Hex => Convert.ToHexStringLower(_bytes);

    /// <summary>A varint or a fixed number.</summary>
    public readonly ulong Number => _number;

    public readonly long Signed => (long)_number;

    public readonly double Double => BitConverter.UInt64BitsToDouble(_number);

    public readonly bool Flag => _number != 0;

    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var key = Varint();
        Field = (int)(key >> 3);
        _bytes = default;
        _number = 0;
        switch (key & 7)
        {
            case 0:
                _number = Varint();
                break;
            case 1:
                _number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                _bytes = Take(Varint());
                break;
            case 5:
                _number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new InvalidDataException("No such wire type.");
        }

        return true;
    }

    /// <summary>The numbers of a packed field, eight bytes each.</summary>
    public readonly ulong[] PackedFixed64()
    {
        var numbers = new ulong[_bytes.Length / 8];
        for (var index = 0; index < numbers.Length; index++)
            numbers[index] = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(8 * index)..]);
        return numbers;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("A number without an end.");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new InvalidDataException("The message ends too soon.");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
