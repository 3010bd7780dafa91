using LiveComments.Api.Log;
using LiveComments.Contracts;

namespace LiveComments.UnitTests.Log;

public sealed class LogComparisonTests
{
    [Fact]
    public void Where_nobody_knows_of_a_log_the_first_is_made() =>
        Assert.IsType<LogComparison.Nothing>(LogComparison.Of(end: null, isSealed: false, known: null, provenBackwards: 0));

    [Theory]
    [InlineData("1-0", null)]
    [InlineData("1-500", null)]
    [InlineData("1-500", "1-500")]
    [InlineData("1-501", "1-500")]
    [InlineData("2-0", "1-500")]
    public void A_log_with_everything_that_is_known_of_it_is_sound(string end, string? known) =>
        Assert.IsType<LogComparison.Sound>(LogComparison.Of(At(end), isSealed: false, known is null ? null : At(known), provenBackwards: 0));

    [Theory]
    [InlineData("1-499", "1-500", 2, "1-499")]
    [InlineData("1-0", "1-1", 2, "1-0")]
    [InlineData("3-7", "3-9", 4, "3-7")]
    // A backup from before the last epoch: its number must not be given twice.
    [InlineData("1-900", "3-4", 4, "3-0")]
    [InlineData(null, "1-500", 2, "1-0")]
    [InlineData(null, "6-1", 7, "6-0")]
    public void A_log_that_lacks_what_is_known_went_backwards(string? end, string known, int nextEpoch, string lostAfter) =>
        Assert.Equal(
            new LogComparison.WentBackwards(nextEpoch, At(lostAfter), At(known)),
            LogComparison.Of(end is null ? null : At(end), isSealed: false, At(known), provenBackwards: 0));

    [Fact]
    public void A_sealed_log_is_left_behind_even_by_who_knows_nothing() =>
        Assert.Equal(2, Assert.IsType<LogComparison.WentBackwards>(LogComparison.Of(At("1-500"), isSealed: true, known: null, provenBackwards: 0)).NextEpoch);

    [Fact]
    public void A_sequence_that_came_twice_is_proof_however_long_the_log_is_by_now()
    {
        Assert.Equal(2, Assert.IsType<LogComparison.WentBackwards>(LogComparison.Of(At("1-900"), isSealed: false, At("1-500"), provenBackwards: 1)).NextEpoch);
        Assert.IsType<LogComparison.Sound>(LogComparison.Of(At("2-3"), isSealed: false, At("1-500"), provenBackwards: 1));
    }

    private static Cursor At(string text) => Cursor.TryParse(text, out var cursor) ? cursor : throw new ArgumentException(text);
}
