using System.Buffers.Binary;
using System.Net;
using System.Text;
using LiveComments.Bench.Fanout;
using LiveComments.Bench.Fanout.Viewers;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Bench;

/// <summary>The benchmark's viewer is what says that nothing was lost; so it must notice.</summary>
public sealed class ViewerTests
{
    private const string Phase = "measured";

    [Fact]
    public void Every_comment_is_found_wherever_chunks_and_reads_are_cut() => Seed.ForEach(500, random =>
    {
        var numbers = Enumerable.Range(1, random.Next(1, 40)).Select(number => (long)number).ToArray();
        var seen = Watch(new ChunkedBody(), Cut(Chunked(Text(numbers, random), random), random), last: numbers[^1]);
        Assert.Equal((numbers.Length, 0, 0), (seen.Phases[0].Comments, seen.Missing, seen.Repeated));
    });

    [Fact]
    public void Every_comment_is_found_wherever_messages_and_reads_are_cut() => Seed.ForEach(500, random =>
    {
        var numbers = Enumerable.Range(1, random.Next(1, 40)).Select(number => (long)number).ToArray();
        var messages = numbers.SelectMany(number => Message(Text([number], random))).ToArray();
        var seen = Watch(new WebSocketBody(), Cut(messages, random), last: numbers[^1]);
        Assert.Equal((numbers.Length, 0, 0), (seen.Phases[0].Comments, seen.Missing, seen.Repeated));
        Assert.Equal(numbers.Length, seen.Phases[0].Pieces);
    });

    [Theory]
    [InlineData(new long[] { 1, 2, 3 }, 0, 0)]
    [InlineData(new long[] { 1, 3 }, 1, 0)]
    [InlineData(new long[] { 2, 3 }, 1, 0)]
    [InlineData(new long[] { 1, 2, 2, 3 }, 0, 1)]
    [InlineData(new long[] { 1, 3, 2 }, 1, 1)]
    public void What_is_lost_and_what_comes_twice_is_counted(long[] numbers, int missing, int repeated)
    {
        var seen = Watch(new PlainBody(), [Encoding.ASCII.GetBytes(Text(numbers, new Random(1)))], last: 3);
        Assert.Equal((missing, repeated), (seen.Missing, seen.Repeated));
    }

    [Fact]
    public void A_percentile_is_right_to_two_in_a_hundred_also_when_processes_are_added_up() => Seed.ForEach(200, random =>
    {
        var values = Enumerable.Range(0, random.Next(1, 2_000)).Select(_ => (long)Math.Pow(10, random.NextDouble() * 7)).ToArray();
        var sum = new Histogram();
        foreach (var part in values.Chunk(100))
        {
            var histogram = new Histogram();
            foreach (var value in part)
                histogram.Add(value);
            sum.Add(Histogram.FromPairs(histogram.ToPairs()));
        }

        Array.Sort(values);
        foreach (var share in new[] { 0.5, 0.99, 0.999, 1 })
        {
            var exact = values[(int)Math.Ceiling(share * values.Length) - 1] / 1000.0;
            Assert.InRange(sum.Percentile(share), exact * 0.98, exact);
        }
    });

    private static GroupReport Watch(Body body, IEnumerable<byte[]> reads, long last)
    {
        var group = new ViewerGroup(new ConnectOrder("audience", new Endpoint(Protocol.Sse, 1, "/"), Count: 1, PerSecond: 1, After: 0, StayMs: null));
        group.Enter([new PhaseOrder(Phase, 0, 3_000)]);
        var viewer = new Viewer(group, IPAddress.Loopback, scheduledAt: 0);
        foreach (var read in reads)
            body.Feed(read, viewer, now: 2_000);
        return group.TakeReport(last);
    }

    private static string Text(long[] numbers, Random random)
    {
        var text = new StringBuilder("id: 1-2\nevent: comments_batch\ndata: ");
        foreach (var number in numbers)
            text.Append(new string('x', random.Next(60))).Append(new Stamp(number, 1_000)).Append(new string('y', random.Next(60)));
        return text.Append("\n\n").ToString();
    }

    private static byte[] Chunked(string text, Random random)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(text.Length - at, random.Next(1, 200));
            bytes.AddRange(Encoding.ASCII.GetBytes($"{length:x}\r\n{text.AsSpan(at, length)}\r\n"));
            at += length;
        }

        return [.. bytes];
    }

    // As a server sends it: unmasked, and with a length of two bytes when it is above 125.
    private static byte[] Message(string text)
    {
        const byte FinalText = 0x81;
        if (text.Length <= 125)
            return [FinalText, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
        return [FinalText, 126, .. length, .. Encoding.ASCII.GetBytes(text)];
    }

    private static IEnumerable<byte[]> Cut(byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, 50));
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
