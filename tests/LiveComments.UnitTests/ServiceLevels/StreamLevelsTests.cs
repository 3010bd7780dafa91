using LiveComments.Api.ServiceLevels;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.ServiceLevels;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.ServiceLevels;

public sealed class StreamLevelsTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Figures_are_never_better_than_the_truth_and_at_most_a_tenth_worse() => Seed.ForEach(200, random =>
    {
        var values = Enumerable.Range(0, random.Next(1, 500)).Select(_ => Math.Exp(random.NextDouble() * Math.Log(59_000))).Order().ToList();
        var levels = new StreamLevels(_clock);
        foreach (var value in values)
            levels.Delivered("s", TimeSpan.FromMilliseconds(value), viewers: 1);
        foreach (var share in new[] { 0.5, 0.95, 0.99 })
        {
            var truth = values[(int)Math.Ceiling(share * values.Count) - 1];
            // Upper ends are told with one digit.
            Assert.InRange(LatencyBuckets.Quantile(levels.Of("s")!.Delivery, share)!.Value, truth - 0.051, Math.Max(1, truth * 1.0906) + 0.051);
        }
    });

    [Fact]
    public void Several_nodes_together_say_what_one_would_have_said() => Seed.ForEach(20, random =>
    {
        var one = new StreamLevels(_clock);
        StreamLevels[] several = [new(_clock), new(_clock), new(_clock)];
        for (var count = 0; count < 1_000; count++)
        {
            var (latency, viewers, node) = (TimeSpan.FromMilliseconds(random.Next(70_000)), random.Next(1, 1_000), several[random.Next(3)]);
            one.Delivered("s", latency, viewers);
            node.Delivered("s", latency, viewers);
            one.Painted("s", latency);
            node.Painted("s", latency);
        }

        var now = _clock.GetUtcNow();
        var together = ServiceLevelsReading.Together("s", [.. several.Select(node => node.Of("s")!)], now);
        Assert.Equal(ServiceLevelsReading.Together("s", [one.Of("s")!], now) with { Processes = 3 }, together);
    });

    [Fact]
    public void Nodes_that_send_the_same_comments_do_not_count_them_twice()
    {
        NodeLevels first = new([], [], [], GapsRepaired: 1, Comments: 100, Omitted: 40), second = new([], [], [], GapsRepaired: 2, Comments: 90, Omitted: 36);
        var together = ServiceLevelsReading.Together("s", [first, second], _clock.GetUtcNow());
        Assert.Equal((3, 100, 40, 0.4), (together.GapsRepaired, together.Comments, together.Omitted, together.OmittedShare));
        Assert.Null(together.Delivery.P99Ms);
    }

    [Fact]
    public void What_is_older_than_the_window_is_forgotten()
    {
        var levels = new StreamLevels(_clock);
        levels.Repaired("s", 5);
        for (var minute = 1; minute < NodeLevels.Window.TotalMinutes; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(5, levels.Of("s")!.GapsRepaired);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(levels.Of("s"));
    }

    [Fact]
    public void However_many_streams_there_are_the_memory_is_bounded()
    {
        var levels = new StreamLevels(_clock);
        for (var stream = 0; stream <= StreamLevels.MaxStreams; stream++)
            levels.Repaired($"s{stream}", 1);
        Assert.NotNull(levels.Of($"s{StreamLevels.MaxStreams - 1}"));
        Assert.Null(levels.Of($"s{StreamLevels.MaxStreams}"));
        // Those that went quiet make room.
        _clock.Advance(NodeLevels.Window);
        levels.Repaired("new", 1);
        Assert.NotNull(levels.Of("new"));
    }
}
