using LiveComments.Api.Analytics;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Streams;

/// <summary>Minutes put together into steps, and what may be asked for.</summary>
public sealed class AnalyticsTests
{
    private const long Minute = 60_000;
    private const long Started = 29_000_000 * Minute + 7_000;

    private static readonly LiveStream Live = new() { Id = "s", Title = "A test", CreatorId = "c", Status = StreamStatus.Live, StartedAt = Started };

    [Theory]
    [InlineData(1)]
    [InlineData(AnalyticsLimits.ExactCommenters)]
    public void So_many_users_as_fit_are_counted_exactly(int users) => Assert.Equal(users, CommenterSketch.Count([Sketch(0, users), Sketch(0, users / 2)]));

    [Fact]
    public void More_users_are_estimated_over_any_number_of_minutes() => Seed.ForEach(5, random =>
    {
        var users = random.Next(2_000, 40_000);
        var first = random.Next(1_000_000);
        // Minutes that have half of their users in common with the one before.
        var minutes = Enumerable.Range(0, 9).Select(minute => Sketch(first + minute * users / 10, users / 5)).ToList();
        Assert.InRange(CommenterSketch.Count(minutes), users * 0.8, users * 1.2);
        Assert.InRange(CommenterSketch.Count(minutes.Select(minute => minute[..100]), 100), users * 0.55, users * 1.45);
    });

    [Fact]
    public void Minutes_make_steps_and_what_was_let_pass_is_counted_once()
    {
        var (range, _) = AnalyticsRange.Read(null, null, "120", Live, Started + 3 * Minute);
        var begin = Started - 7_000;
        var read = new StreamMinutes(
            [
                new MinuteRow(begin, 4, 10, 2, 0, 0, 2.5, 4, Sketch(0, 3)),
                new MinuteRow(begin + Minute, 5, 0, 0, 1, 1, 1.5, 4, Sketch(2, 2)),
                new MinuteRow(begin + 3 * Minute, 1, 0, 0, 0, 0, 0.25, 1, Sketch(0, 1)),
            ],
            [new AudienceRow(begin, 10, 12), new AudienceRow(begin + Minute, 20, 21)], new Dictionary<long, long> { [begin + Minute] = 3 }, Commenters: 4, CommenterSketch.Size);
        var analytics = AnalyticsReading.Together(Live, range!.Value, read, [], now: 5);
        Assert.Equal([begin, begin + 2 * Minute], analytics.Times);
        Assert.Equal([9, 1], analytics.Comments);
        Assert.Equal([4, 1], analytics.Commenters);
        Assert.Equal([10L, 0], analytics.Reactions);
        Assert.Equal([15, null], analytics.Viewers);
        Assert.Equal([21, null], analytics.PeakViewers);
        Assert.Equal([0.5, 0.25], analytics.Sentiment);
        Assert.Equal([2, 0], analytics.Held);
        Assert.Equal([1, 0], analytics.Approved);
        Assert.Equal([3, 0], analytics.Rejected);
        Assert.Equal([1, 0], analytics.Dropped);
        // Tried: 10 shown, 1 that waits, 3 refused, 1 dropped.
        Assert.Equal(new AnalyticsTotals(10, 4, 10, 21, 0.472, 2, 1, 3, 1, Math.Round(2 / 15.0, 4), Math.Round(4 / 15.0, 4)), analytics.Totals);
    }

    [Fact]
    public void A_time_is_cut_to_the_streams_own_and_widened_to_whole_steps()
    {
        var now = Started + 100 * Minute;
        var whole = Range(null, null, null, Live, now);
        Assert.Equal((Started - 7_000, Started - 7_000 + 101 * Minute, 60, true), (whole.From, whole.To, whole.StepSeconds, whole.IsWhole));
        Assert.Equal(whole, Range("0", "9999999999999", "60", Live, now));
        var part = Range($"{Started + Minute}", $"{Started + 2 * Minute}", "60", Live, now);
        Assert.Equal((2, false), (part.Count, part.IsWhole));
        var ended = Range(null, null, null, Live with { Status = StreamStatus.Ended, EndedAt = Started + Minute }, now);
        Assert.Equal((2, true), (ended.Count, ended.IsWhole));
        // A stream that has been there for a year: its last month.
        var long_ = Range(null, null, null, Live, Started + 365 * 1440 * Minute);
        Assert.InRange(long_.Count, 1, AnalyticsLimits.DefaultSteps);
        Assert.False(long_.IsWhole);
    }

    [Theory]
    [InlineData("yesterday", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("5", "5", null)]
    [InlineData(null, "0", null)]
    [InlineData("9999999999999999999", null, null)]
    [InlineData("99999999999999", null, null)]
    [InlineData(null, null, "")]
    [InlineData(null, null, "0")]
    [InlineData(null, null, "61")]
    [InlineData(null, null, "90")]
    [InlineData(null, null, "86460")]
    [InlineData(null, null, "60")]
    [InlineData("0", null, "86400")]
    public void What_cannot_be_answered_is_refused_in_a_sentence(string? from, string? to, string? step)
    {
        var (range, fault) = AnalyticsRange.Read(from, to, step, Live, Started + 40 * 1440 * Minute);
        Assert.Null(range);
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }

    private static AnalyticsRange Range(string? from, string? to, string? step, LiveStream stream, long now) => AnalyticsRange.Read(from, to, step, stream, now).Range!.Value;

    private static long[] Sketch(int first, int users) => [.. Enumerable.Range(first, users).Select(user => CommenterSketch.HashOf($"user-{user}")).Order().Take(CommenterSketch.Size)];
}
