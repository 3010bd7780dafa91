using LiveComments.Api.Comments;
using LiveComments.Api.Streams;
using LiveComments.Contracts;

namespace LiveComments.UnitTests.Streams;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, 10, 60, 70)]
    [InlineData(30, 10, 60, 40)]
    [InlineData(45, 10, 60, 25)]
    public void A_rate_is_this_minute_and_what_is_left_of_the_last(int secondsIntoMinute, long thisMinute, long lastMinute, double expected) =>
        Assert.Equal(expected, StreamFigures.PerMinute(thisMinute, lastMinute, 60_000L * 1_000_000 + secondsIntoMinute * 1000));

    [Fact]
    public void A_place_in_the_order_top_is_read_as_it_was_written()
    {
        var cursor = new TopCursor(17, new Cursor(2, 2045));
        Assert.Equal("17-2-2045", cursor.ToString());
        Assert.True(TopCursor.TryParse("17-2-2045", out var parsed));
        Assert.Equal(cursor, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1-2")]
    [InlineData("-1-2-3")]
    [InlineData("1--2-3")]
    [InlineData("1-0-3")]
    [InlineData("2147483648-1-1")]
    [InlineData("1-1-18446744073709551616")]
    [InlineData("one-1-1")]
    public void What_is_no_place_in_the_order_top_is_refused(string text) => Assert.False(TopCursor.TryParse(text, out _));

    [Fact]
    public void The_types_of_reactions_have_the_order_in_which_they_are_listed() =>
        Assert.All(ReactionTypes.All.Index(), type => Assert.Equal(type.Index, ReactionTypes.IndexOf(type.Item)));
}
