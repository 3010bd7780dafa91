using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>Reads what a gateway says over a trunk, and hands it to the writer thread.</summary>
static class TrunkInput
{
    // Some hundreds of records: a gateway gives credit to all viewers of a room within one walk.
    private const int BufferBytes = 16 * 1024;

    /// <summary>Returns when the gateway has nothing more to say, or nothing that could be understood.</summary>
    public static async Task<TrunkEnd> ReadAsync(Stream input, Trunk trunk, CancellationToken ending)
    {
        var buffer = new byte[BufferBytes];
        var held = 0;
        while (true)
        {
            var received = await input.ReadAsync(buffer.AsMemory(held), ending);
            if (received == 0)
                return TrunkEnd.Closed;
            held += received;
            var records = Records(buffer.AsSpan(0, held), out var used, out var reading);
            if (records.Count > 0)
                trunk.Writer.Call(() => trunk.Hear(records));
            if (reading == TrunkReading.Malformed)
                return TrunkEnd.Malformed;
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
        }
    }

    private static List<GatewayRecord> Records(ReadOnlySpan<byte> bytes, out int used, out TrunkReading reading)
    {
        var records = new List<GatewayRecord>(bytes.Length / GatewayRecord.Length);
        for (used = 0; (reading = GatewayRecord.TryRead(bytes[used..], out var record)) == TrunkReading.Whole; used += GatewayRecord.Length)
            records.Add(record);
        return records;
    }
}
