using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Contracts;

public sealed class CursorTests
{
    [Fact]
    public void What_is_written_is_read_back() => Seed.ForEach(1000, random =>
    {
        var cursor = new Cursor(random.Next(1, int.MaxValue), (ulong)random.NextInt64() * (ulong)random.Next(1, 3));
        Assert.True(Cursor.TryParse(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("0-1")]
    [InlineData("1")]
    [InlineData("1-2-3")]
    [InlineData("1--2")]
    [InlineData("+1-2")]
    [InlineData("1-+2")]
    [InlineData(" 1-2")]
    [InlineData("1-2 ")]
    [InlineData("1-0x10")]
    [InlineData("2147483648-1")]
    [InlineData("1-18446744073709551616")]
    [InlineData("1-2\r\nevil: yes")]
    [InlineData("١-٢")]
    public void Whatever_else_is_refused(string? text) => Assert.False(Cursor.TryParse(text, out _));
}
