using LiveComments.Api.Streams;

namespace LiveComments.UnitTests.Streams;

public sealed class StreamCursorTests
{
    [Theory]
    [InlineData("1700000000000-harbour-cam")]
    [InlineData("0-a")]
    [InlineData("253402300799999--")]
    public void A_place_in_the_list_comes_back_as_it_was_given(string text)
    {
        Assert.True(StreamCursor.TryParse(text, out var cursor));
        Assert.Equal(text, cursor.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("1")]
    [InlineData("1-")]
    [InlineData("1-a b")]
    [InlineData("x-a")]
    [InlineData("253402300800000-a")]
    [InlineData("99999999999999999999-a")]
    public void Anything_else_is_none(string text) => Assert.False(StreamCursor.TryParse(text, out _));
}
