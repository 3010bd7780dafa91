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

    [Fact]
    public void Order_is_that_of_epochs_and_then_of_sequences() => Seed.ForEach(1_000, random =>
    {
        var cursors = Enumerable.Range(0, random.Next(2, 8)).Select(_ => new Cursor(random.Next(1, 4), (ulong)random.Next(6))).ToList();
        var (one, other) = (cursors[0], cursors[1]);
        Assert.Equal(cursors.OrderBy(cursor => cursor.Epoch).ThenBy(cursor => cursor.Sequence), cursors.Order());
        Assert.Equal(one.CompareTo(other) < 0, one < other);
        Assert.Equal(one.CompareTo(other) > 0, one > other);
        Assert.Equal(one.CompareTo(other) <= 0, one <= other);
        Assert.Equal(one.CompareTo(other) >= 0, one >= other);
        Assert.Equal(one.CompareTo(other) == 0, one == other);
    });

    [Fact]
    public void What_a_client_made_of_a_cursor_is_read_as_what_it_says_or_refused() => Seed.ForEach(3_000, random =>
    {
        const string Letters = "0123456789-+ .,x\n\u0661\u2212";
        var text = new Cursor(random.Next(1, int.MaxValue), (ulong)random.NextInt64()).ToString().ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(text.Count + 1);
            if (random.Next(2) == 0 || at == text.Count)
                text.Insert(at, Letters[random.Next(Letters.Length)]);
            else
                text.RemoveAt(at);
        }

        var changed = string.Concat(text);
        if (!Cursor.TryParse(changed, out var read))
            return;
        // Zeros in front say nothing.
        Assert.Equal(changed.Split('-').Select(number => number.TrimStart('0')), read.ToString().Split('-').Select(number => number.TrimStart('0')));
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
