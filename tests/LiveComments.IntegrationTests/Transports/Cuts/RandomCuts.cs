using System.Diagnostics;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using Xunit.Abstractions;

namespace LiveComments.IntegrationTests.Transports.Cuts;

/// <summary>Connections that break at any byte, while the stream goes on.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class RandomCuts(LiveNodes nodes, ITestOutputHelper output)
{
    private const int Viewers = 40;
    private const int CutsOfEach = 250;

    // Comments that are said at once; when the slowest viewer is so far behind, only now and then.
    private const int AtOnce = 4;
    private const int MaxBehind = 60;
    private static readonly TimeSpan NowAndThen = TimeSpan.FromMilliseconds(100);

    // A generous bound for a busy machine; it takes a few seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1.5);

    [Fact]
    public Task Ten_thousand_cuts_at_random_bytes_lose_nothing_and_repeat_nothing() => Seed.ForEachAsync(1, async random =>
    {
        // One writes straight to sockets and over a trunk to a gateway, one through the web server; both so often that no viewer waits long for bytes.
        await using var fast = nodes.NewNode(pace: "00:00:00.010");
        await using var simple = nodes.NewNode(pace: "00:00:00.010", directWrites: false);
        await using var gateway = nodes.NewGateway([fast]);
        await Task.WhenAll(fast.StartAsync(), simple.StartAsync(), gateway.StartAsync());
        var (streamId, _) = await nodes.NewStreamAsync();
        string begin;
        await using (var first = await LiveClient.OpenAsync(LiveClient.Sse, fast.Address, streamId))
        {
            await first.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
            begin = first.Cursor!;
        }

        string? end = null;
        var viewers = Enumerable.Range(0, Viewers).Select(_ => new CutViewer([fast.Address, simple.Address, gateway.Address], streamId, begin, random.Next())).ToList();
        var started = Stopwatch.GetTimestamp();
        var watching = viewers.ConvertAll(viewer => Task.Run(() => viewer.WatchAsync(CutsOfEach, () => Volatile.Read(ref end))));
        var said = 0;
        var saidAt = started;
        var newest = SequenceOf(begin);
        await Eventually.UntilAsync("everybody has been cut off often enough", async () =>
        {
            if (newest - viewers.Min(viewer => SequenceOf(viewer.Cursor)) < MaxBehind || Stopwatch.GetElapsedTime(saidAt) > NowAndThen)
            {
                saidAt = Stopwatch.GetTimestamp();
                newest = await nodes.AppendAsync(streamId, Enumerable.Range(said, AtOnce).Select(number => LiveNodes.CommentOf(streamId, number, Text(number, random))));
                said += AtOnce;
            }

            return watching.Exists(viewer => viewer.IsCompleted) || viewers.TrueForAll(viewer => viewer.CutsSoFar >= CutsOfEach);
        }, Patience);
        Volatile.Write(ref end, new Cursor(1, newest).ToString());
        await Eventually.WithinAsync("everybody has the last comment", Task.WhenAll(watching), Patience);

        Assert.InRange(await LiveNodes.MetricAsync(gateway, "livecomments_relay_ended", "viewer_left"), 1, double.MaxValue);
        var cuts = Enum.GetValues<CutAt>().ToDictionary(at => at, at => viewers.Sum(viewer => viewer.Cuts[at]));
        output.WriteLine($"Cut {cuts.Values.Sum()} times in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {said} comments: {string.Join(", ", cuts.Select(pair => $"{pair.Key} {pair.Value}"))}.");
        Assert.All(viewers, viewer => Assert.True(viewer.Numbers.SequenceEqual(Enumerable.Range(0, said)), $"{viewer} has {string.Join(' ', viewer.Numbers)}"));
        Assert.InRange(cuts.Values.Sum(), Viewers * CutsOfEach, int.MaxValue);
        Assert.DoesNotContain(cuts, pair => pair.Value == 0);
    });

    // Most of it is of several bytes a character, so that most cuts fall into one.
    private static string Text(int number, Random random) =>
        $"{number} {string.Concat(Enumerable.Repeat("日本語 🎉 é", random.Next(1, 12)))}";

    private static ulong SequenceOf(string cursor) =>
        Cursor.TryParse(cursor, out var parsed) ? parsed.Sequence : throw new FormatException($"'{cursor}' is no cursor.");
}
