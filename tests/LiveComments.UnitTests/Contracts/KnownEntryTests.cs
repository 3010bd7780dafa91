using LiveComments.Contracts;

namespace LiveComments.UnitTests.Contracts;

public sealed class KnownEntryTests
{
    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var entry = new KnownEntry(new Cursor(3, ulong.MaxValue), "0af1");
        Assert.Equal("3-18446744073709551615 0af1", entry.ToString());
        Assert.Equal(entry, KnownEntry.Parse(entry.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1-2")]
    [InlineData("1-2 ")]
    [InlineData(" 0af1")]
    [InlineData("0-2 0af1")]
    [InlineData("1-18446744073709551616 0af1")]
    [InlineData("one-2 0af1")]
    public void Anything_else_is_none(string? text) => Assert.Null(KnownEntry.Parse(text));
}
