using LiveComments.Api.Comments;

namespace LiveComments.UnitTests.Comments;

public sealed class KnownCommentsTests
{
    private readonly KnownComments _known = new();

    [Fact]
    public void What_was_remembered_is_known_in_its_stream_alone_until_it_is_forgotten()
    {
        _known.Remember("a", 1);
        Assert.True(_known.Has("a", 1));
        Assert.False(_known.Has("b", 1));
        Assert.False(_known.Has("a", 2));
        _known.Forget("a", 1);
        Assert.False(_known.Has("a", 1));
    }

    [Fact]
    public void However_many_are_remembered_the_newest_are_known_and_the_oldest_go()
    {
        for (var id = 1L; id <= 3 * KnownComments.MaxOfGeneration; id++)
            _known.Remember("a", id);
        Assert.True(_known.Has("a", 3 * KnownComments.MaxOfGeneration));
        Assert.True(_known.Has("a", (2 * KnownComments.MaxOfGeneration) + 1));
        Assert.False(_known.Has("a", 1));
        Assert.False(_known.Has("a", KnownComments.MaxOfGeneration));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("0", false)]
    [InlineData("01", false)]
    [InlineData("+1", false)]
    [InlineData("-1", false)]
    [InlineData(" 1", false)]
    [InlineData("1 ", false)]
    [InlineData("١", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_comment_id_is_spelled_in_one_way(string? text, bool valid) => Assert.Equal(valid, CommentId.TryParse(text, out _));
}
