using System.Buffers.Binary;

namespace LiveComments.ServiceDefaults.Trunks;

/// <summary>What a gateway says over a trunk: four bytes of <see cref="Kind"/>, four of <see cref="Number"/>, four of <see cref="Amount"/>.</summary>
/// <param name="Kind">What about the viewer.</param>
/// <param name="Number">Which viewer.</param>
/// <param name="Amount">With <see cref="GatewayRecordKind.Credit"/>: bytes.</param>
public readonly record struct GatewayRecord(GatewayRecordKind Kind, uint Number, int Amount)
{
    public const int Length = 12;

    public void Write(Span<byte> output)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output, (int)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(output[4..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(output[8..], Amount);
    }

    public static TrunkReading TryRead(ReadOnlySpan<byte> input, out GatewayRecord record)
    {
        record = default;
        if (input.Length < Length)
            return TrunkReading.Part;
        record = new GatewayRecord((GatewayRecordKind)BinaryPrimitives.ReadInt32LittleEndian(input), BinaryPrimitives.ReadUInt32LittleEndian(input[4..]), BinaryPrimitives.ReadInt32LittleEndian(input[8..]));
        return record switch
        {
            { Kind: GatewayRecordKind.Credit, Amount: > 0 and <= TrunkProtocol.Window } => TrunkReading.Whole,
            { Kind: GatewayRecordKind.Gone, Amount: 0 } => TrunkReading.Whole,
            _ => TrunkReading.Malformed,
        };
    }
}

public enum GatewayRecordKind
{
    /// <summary>So many more bytes may be sent for the viewer.</summary>
    Credit = 3,

    /// <summary>The viewer has left.</summary>
    Gone = 4,
}
