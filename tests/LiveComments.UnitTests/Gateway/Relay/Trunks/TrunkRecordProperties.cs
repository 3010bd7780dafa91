using LiveComments.ServiceDefaults.Trunks;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Gateway.Relay.Trunks;

/// <summary>The records of a trunk, however the bytes come in.</summary>
public sealed class TrunkRecordProperties
{
    private const int Seeds = 300;

    [Fact]
    public void What_a_node_writes_a_gateway_reads_the_same_wherever_it_is_cut() => Seed.ForEach(Seeds, random =>
    {
        var written = new List<(NodeRecordKind Kind, bool Whole, uint[] Numbers, byte[] Bytes)>();
        using var wire = new MemoryStream();
        for (var count = random.Next(1, 20); count > 0; count--)
        {
            var isEnd = random.Next(4) == 0;
            var numbers = new uint[isEnd ? 1 : random.Next(10) == 0 ? TrunkProtocol.MostNumbers : random.Next(1, 10)];
            for (var index = 0; index < numbers.Length; index++)
                numbers[index] = (uint)random.NextInt64(uint.MaxValue + 1L);
            var bytes = new byte[isEnd ? random.Next(TrunkProtocol.MostFarewellBytes + 1) : random.Next(10) == 0 ? TrunkProtocol.Window : random.Next(1, 500)];
            random.NextBytes(bytes);
            var kind = isEnd ? NodeRecordKind.End : NodeRecordKind.Bytes;
            var whole = random.Next(2) == 0;
            written.Add((kind, whole, numbers, bytes));
            var head = new byte[NodeRecord.MostLength];
            wire.Write(head, 0, NodeRecord.WriteHead(head, kind, whole, numbers, bytes.Length));
            wire.Write(bytes);
        }

        var held = new List<byte>();
        var read = 0;
        var all = wire.ToArray();
        for (var at = 0; at < all.Length;)
        {
            var piece = Math.Min(random.Next(1, random.Next(2) == 0 ? 10 : 30_000), all.Length - at);
            held.AddRange(all.AsSpan(at, piece));
            at += piece;
            while (NodeRecord.TryRead([.. held], out var record) == TrunkReading.Whole)
            {
                var (kind, whole, numbers, bytes) = written[read++];
                Assert.Equal((kind, whole, numbers.Length), (record.Kind, record.IsWhole, record.Count));
                for (var index = 0; index < numbers.Length; index++)
                    Assert.Equal(numbers[index], record.Number(index));
                Assert.True(record.Bytes.SequenceEqual(bytes));
                held.RemoveRange(0, record.Length);
            }

            Assert.NotEqual(TrunkReading.Malformed, NodeRecord.TryRead([.. held], out _));
        }

        Assert.Equal((written.Count, 0), (read, held.Count));
    });

    [Fact]
    public void What_a_gateway_writes_a_node_reads_the_same_and_half_of_it_is_none() => Seed.ForEach(Seeds, random =>
    {
        var record = random.Next(2) == 0
            ? new GatewayRecord(GatewayRecordKind.Credit, (uint)random.NextInt64(uint.MaxValue + 1L), random.Next(1, TrunkProtocol.Window + 1))
            : new GatewayRecord(GatewayRecordKind.Gone, (uint)random.NextInt64(uint.MaxValue + 1L), 0);
        var wire = new byte[GatewayRecord.Length];
        record.Write(wire);
        Assert.Equal(TrunkReading.Whole, GatewayRecord.TryRead(wire, out var read));
        Assert.Equal(record, read);
        Assert.Equal(TrunkReading.Part, GatewayRecord.TryRead(wire.AsSpan(0, random.Next(wire.Length)), out _));
    });

    [Fact]
    public void Whatever_comes_is_a_record_within_the_bounds_or_found_out() => Seed.ForEach(Seeds, random =>
    {
        var garbage = new byte[random.Next(2 * NodeRecord.MostLength)];
        random.NextBytes(garbage);
        // As good as it gets by chance: a known kind, and counts that may be right.
        if (garbage.Length >= NodeRecord.HeadBytes && random.Next(2) == 0)
            (garbage[0], garbage[1], garbage[3], garbage[6], garbage[7]) = ((byte)random.Next(1, 3), (byte)random.Next(2), (byte)random.Next(2), 0, 0);
        if (NodeRecord.TryRead(garbage, out var record) == TrunkReading.Whole)
            Assert.True(record.Length <= garbage.Length && record.Count is > 0 and <= TrunkProtocol.MostNumbers && record.Bytes.Length <= TrunkProtocol.Window);
        if (GatewayRecord.TryRead(garbage, out var credit) == TrunkReading.Whole)
            Assert.InRange(credit.Amount, 0, TrunkProtocol.Window);
    });

    [Theory]
    [InlineData("0123/17", "0123", 17u)]
    [InlineData("a/4294967295", "a", uint.MaxValue)]
    public void A_seat_is_an_id_and_a_number(string text, string id, uint number)
    {
        Assert.True(TrunkProtocol.TryReadSeat(text, out var readId, out var readNumber));
        Assert.Equal((id, number), (readId, readNumber));
        Assert.Equal(text, TrunkProtocol.Seat(readId, readNumber));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/1")]
    [InlineData("id")]
    [InlineData("id/")]
    [InlineData("id/-1")]
    [InlineData("id/1/2")]
    [InlineData("id/4294967296")]
    public void Anything_else_is_no_seat(string? text) => Assert.False(TrunkProtocol.TryReadSeat(text, out _, out _));
}
