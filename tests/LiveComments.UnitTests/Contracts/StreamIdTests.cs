using LiveComments.Contracts;

namespace LiveComments.UnitTests.Contracts;

public sealed class StreamIdTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("A-b_9")]
    [InlineData("0")]
    public void Letters_digits_underscore_and_dash_are_taken(string id) => Assert.True(StreamId.IsValid(id));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*")]
    [InlineData(">")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    [InlineData("a\0b")]
    [InlineData("é")]
    [InlineData("٣")]
    public void What_means_something_to_NATS_or_a_header_is_refused(string? id)
    {
        Assert.False(StreamId.IsValid(id));
        Assert.ThrowsAny<ArgumentException>(() => LogSubjects.Append(0, 1, id!));
    }

    [Fact]
    public void Sixty_four_characters_are_the_most()
    {
        Assert.True(StreamId.IsValid(new string('a', 64)));
        Assert.False(StreamId.IsValid(new string('a', 65)));
    }
}
