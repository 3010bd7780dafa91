using System.Buffers.Binary;

namespace LiveComments.ServiceDefaults.Trunks;

/// <summary>What a node says over a trunk.</summary>
/// <remarks>
/// One byte of <see cref="Kind"/>, one that is 1 for <see cref="IsWhole"/> and else 0, two with the count of viewers, four with the count of bytes; then the
/// viewers' numbers, of four bytes each; then the bytes.
/// </remarks>
public readonly ref struct NodeRecord
{
    public const int HeadBytes = 8;

    /// <summary>No record is longer.</summary>
    public const int MostLength = HeadBytes + (TrunkProtocol.MostNumbers * sizeof(uint)) + TrunkProtocol.Window;

    private const byte Whole = 1;

    private readonly ReadOnlySpan<byte> _record;

    private NodeRecord(ReadOnlySpan<byte> record, int count)
    {
        _record = record;
        Count = count;
    }

    public NodeRecordKind Kind => (NodeRecordKind)_record[0];

    /// <summary>
    /// Of <see cref="NodeRecordKind.Bytes"/>: an end of the body may stand behind them. Of an <see cref="NodeRecordKind.End"/>: the stream ends as it should,
    /// by these bytes; else it is to be cut off.
    /// </summary>
    public bool IsWhole => _record[1] == Whole;

    /// <summary>Viewers.</summary>
    public int Count { get; }

    /// <summary>For each of the viewers.</summary>
    public ReadOnlySpan<byte> Bytes => _record[(HeadBytes + (Count * sizeof(uint)))..];

    /// <summary>Of the record itself.</summary>
    public int Length => _record.Length;

    public uint Number(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_record[(HeadBytes + (index * sizeof(uint)))..]);

    /// <summary>Writes all of a record but its bytes, which follow. Returns how long that is.</summary>
    public static int WriteHead(Span<byte> output, NodeRecordKind kind, bool isWhole, ReadOnlySpan<uint> numbers, int bytes)
    {
        output[0] = (byte)kind;
        output[1] = isWhole ? Whole : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(output[2..], (ushort)numbers.Length);
        BinaryPrimitives.WriteInt32LittleEndian(output[4..], bytes);
        var at = HeadBytes;
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output[at..], number);
            at += sizeof(uint);
        }

        return at;
    }

    public static TrunkReading TryRead(ReadOnlySpan<byte> input, out NodeRecord record)
    {
        record = default;
        if (input.Length < HeadBytes)
            return TrunkReading.Part;
        var kind = (NodeRecordKind)input[0];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(input[2..]);
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(input[4..]);
        var fits = kind switch
        {
            NodeRecordKind.Bytes => count is > 0 and <= TrunkProtocol.MostNumbers && bytes is > 0 and <= TrunkProtocol.Window,
            NodeRecordKind.End => count == 1 && bytes <= TrunkProtocol.MostFarewellBytes,
            _ => false,
        };
        if (!fits || input[1] > Whole)
            return TrunkReading.Malformed;
        var length = HeadBytes + (count * sizeof(uint)) + (int)bytes;
        if (input.Length < length)
            return TrunkReading.Part;
        record = new NodeRecord(input[..length], count);
        return TrunkReading.Whole;
    }
}

public enum NodeRecordKind : byte
{
    /// <summary>Something for some viewers.</summary>
    Bytes = 1,

    /// <summary>The last that is said of one viewer.</summary>
    End = 2,
}
