using LiveComments.Api.Ids;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Ids;

public sealed class SnowflakeTests
{
    [Fact]
    public void Ids_are_unique_and_grow_whatever_the_clock_does() => Seed.ForEach(50, random =>
    {
        var clock = new ManualTimeProvider();
        var ids = new Snowflake(7, clock);
        var last = 0L;
        for (var step = 0; step < 10_000; step++)
        {
            if (random.Next(100) == 0)
                clock.Jump(TimeSpan.FromMilliseconds(random.Next(-5000, 5000)));
            var id = ids.NextNumber();
            Assert.True(id > last, $"{id} after {last}");
            last = id;
        }
    });

    [Fact]
    public void Nodes_never_share_an_id()
    {
        var clock = new ManualTimeProvider();
        var ids = Enumerable.Range(0, Snowflake.NodeCount).SelectMany(node =>
        {
            var snowflake = new Snowflake(node, clock);
            return Enumerable.Range(0, 20).Select(_ => snowflake.NextNumber());
        }).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
