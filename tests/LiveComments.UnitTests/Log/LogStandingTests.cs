using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Log;

public sealed class LogStandingTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Appends_wait_from_a_doubt_to_the_confirmation()
    {
        var standing = new LogStanding(new CurrentLog(), _clock);
        Assert.True(standing.Confirm(Handle(1), 0, standing.Doubts));
        var confirmed = await standing.ConfirmedAsync(CancellationToken.None);
        Assert.True(standing.StillHolds(confirmed));

        standing.Doubt(isConnected: true);
        Assert.False(standing.StillHolds(confirmed));
        var waiting = standing.ConfirmedAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(standing.Confirm(Handle(1), 0, standing.Doubts));
        Assert.NotSame(confirmed, await Eventually.WithinAsync("the confirmation", waiting));
    }

    [Fact]
    public void A_comparison_that_was_begun_before_a_doubt_confirms_nothing()
    {
        var standing = new LogStanding(new CurrentLog(), _clock);
        var doubts = standing.Doubts;
        standing.Doubt(isConnected: true);
        Assert.False(standing.Confirm(Handle(1), 0, doubts));
    }

    [Fact]
    public void The_comparison_is_overdue_only_while_it_could_be_made()
    {
        var standing = new LogStanding(new CurrentLog(), _clock);
        standing.Doubt(isConnected: false);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(standing.ComparisonOverdue);
        standing.Doubt(isConnected: true);
        _clock.Advance(TimeSpan.FromSeconds(7));
        standing.Doubt(isConnected: true);
        Assert.Equal(TimeSpan.FromSeconds(7), standing.ComparisonOverdue);
        Assert.True(standing.Confirm(Handle(1), 0, standing.Doubts));
        Assert.Null(standing.ComparisonOverdue);
    }

    [Fact]
    public void What_is_known_grows_within_an_epoch_and_begins_anew_with_the_next()
    {
        var standing = new LogStanding(new CurrentLog(), _clock);
        Assert.Null(standing.Highest);
        standing.Confirm(Handle(1), 500, standing.Doubts);
        standing.Confirm(Handle(1), 400, standing.Doubts);
        Assert.Equal(new Cursor(1, 500), standing.Highest);
        standing.Confirm(Handle(2), 3, standing.Doubts);
        Assert.Equal(new Cursor(2, 3), standing.Highest);
    }

    [Fact]
    public void The_highest_of_many_at_once_is_the_highest()
    {
        var water = new HighWater(1);
        Parallel.For(1, 1001, sequence => water.Note((ulong)sequence));
        water.Note(5);
        Assert.Equal(1000ul, water.Sequence);
    }

    // Nothing here asks the server.
    private static LogHandle Handle(int epoch) => new(0, epoch, null!);
}
