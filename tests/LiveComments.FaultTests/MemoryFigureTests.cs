using LiveComments.Faults.Runs;

namespace LiveComments.FaultTests;

public sealed class MemoryFigureTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(9);

    [Fact]
    public void Memory_that_goes_up_and_down_is_steady()
    {
        var figure = Figure(minute => 200 + (minute % 2 * 100), minute => 30 + (minute % 3));
        Assert.True(figure.IsSteady, figure.Why);
    }

    [Fact]
    public void Live_objects_that_become_more_and_more_are_not_steady() => Assert.Contains("live objects", Figure(_ => 200, minute => 30 + (20 * minute)).Why, StringComparison.Ordinal);

    [Fact]
    public void Memory_that_grows_outside_of_objects_is_not_steady() => Assert.Contains("resident", Figure(minute => 200 + (60 * minute), _ => 30).Why, StringComparison.Ordinal);

    [Fact]
    public void What_is_filled_in_the_beginning_is_no_leak() => Assert.True(Figure(minute => minute < 3 ? 100 : 400, minute => minute < 3 ? 10 : 150).IsSteady);

    [Fact]
    public void A_server_is_told_of_and_not_judged() => Assert.True(Figure(minute => 100 * minute, _ => 0, isJudged: false).IsSteady);

    [Fact]
    public void A_third_of_which_nothing_is_known_says_nothing() => Assert.Null(Thirds.Of([(TimeSpan.Zero, 1), (Life, 2)], TimeSpan.Zero, Life));

    private static MemoryFigure Figure(Func<int, double> resident, Func<int, double> live, bool isJudged = true) =>
        new("fanout-1", isJudged, 1, Life, Of(resident), Of(live));

    private static Thirds? Of(Func<int, double> ofMinute) =>
        Thirds.Of([.. Enumerable.Range(0, (int)Life.TotalMinutes + 1).Select(minute => (TimeSpan.FromMinutes(minute), ofMinute(minute)))], TimeSpan.Zero, Life);
}
