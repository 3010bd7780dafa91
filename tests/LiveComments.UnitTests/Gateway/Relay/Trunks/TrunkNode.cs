using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LiveComments.ServiceDefaults.Trunks;
using LiveComments.TestSupport;
using static LiveComments.UnitTests.Gateway.Relay.ScriptedNode;

namespace LiveComments.UnitTests.Gateway.Relay.Trunks;

/// <summary>A node that says over its trunk what the test says.</summary>
sealed class TrunkNode : IDisposable
{
    private readonly ScriptedNode _node;
    private readonly ConcurrentQueue<GatewayRecord> _heard = new();
    private volatile NodeSide? _trunk;
    private int _trunks;

    public TrunkNode() => _node = new ScriptedNode(side => side.Request.StartsWith($"GET {TrunkProtocol.Path} ", StringComparison.Ordinal) ? HearAsync(side) : BeginAsync(side));

    public string Address => _node.Address;

    /// <summary>How many were ever opened.</summary>
    public int Trunks => Volatile.Read(ref _trunks);

    public IReadOnlyCollection<GatewayRecord> Heard => _heard;

    public NodeSide Trunk => _trunk!;

    /// <summary>Completes when the gateway is ready for that viewer.</summary>
    public Task UntilAttachedAsync(uint number) =>
        Eventually.UntilAsync($"viewer {number} has credit", () => _heard.Contains(new GatewayRecord(GatewayRecordKind.Credit, number, TrunkProtocol.Window)));

    public Task SayAsync(string text, params uint[] numbers) => SayAsync(NodeRecordKind.Bytes, whole: true, Chunk(text), numbers);

    public async Task SayAsync(NodeRecordKind kind, bool whole, string bytes, params uint[] numbers)
    {
        var encoded = Encoding.UTF8.GetBytes(bytes);
        var record = new byte[NodeRecord.MostLength];
        var head = NodeRecord.WriteHead(record, kind, whole, numbers, encoded.Length);
        encoded.CopyTo(record, head);
        await Trunk.SendAsync(record.AsMemory(0, head + encoded.Length));
    }

    public void Dispose() => _node.Dispose();

    private static Task BeginAsync(NodeSide side)
    {
        var seat = side.Request.Split("\r\n").Single(line => line.StartsWith($"{TrunkProtocol.Header}: id/", StringComparison.Ordinal));
        return side.SendAsync(StreamHead.Replace("\r\n\r\n", $"\r\n{TrunkProtocol.Header}: {TrunkProtocol.Taken}\r\n\r\n", StringComparison.Ordinal)
            + Chunk(string.Create(CultureInfo.InvariantCulture, $"data: beginning of {seat[(seat.IndexOf('/', StringComparison.Ordinal) + 1)..]}\n\n")) + LastChunk);
    }

    private async Task HearAsync(NodeSide side)
    {
        await side.SendAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {TrunkProtocol.Name}\r\n{TrunkProtocol.Header}: id\r\n\r\n");
        _trunk = side;
        Interlocked.Increment(ref _trunks);
        var buffer = new byte[64 * 1024];
        var held = 0;
        while (await side.Socket.ReceiveAsync(buffer.AsMemory(held)) is var received and > 0)
        {
            held += received;
            var at = 0;
            for (; GatewayRecord.TryRead(buffer.AsSpan(at, held - at), out var record) == TrunkReading.Whole; at += GatewayRecord.Length)
                _heard.Enqueue(record);
            buffer.AsSpan(at, held - at).CopyTo(buffer);
            held -= at;
        }
    }
}
