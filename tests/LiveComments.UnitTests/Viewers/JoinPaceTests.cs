using LiveComments.Fanout.Connections;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>Who watches comes before who comes.</summary>
public sealed class JoinPaceTests
{
    private readonly ManualTimeProvider _clock = new();
    private long _waiting;

    [Fact]
    public void Connections_are_accepted_at_once_while_there_is_little_to_do() =>
        Assert.True(new JoinPace(_clock, () => _waiting).WaitAsync(CancellationToken.None).IsCompletedSuccessfully);

    [Fact]
    public async Task They_wait_while_much_waits_for_a_thread_and_no_longer()
    {
        _waiting = 10_000;
        var waiting = new JoinPace(_clock, () => Interlocked.Read(ref _waiting)).WaitAsync(CancellationToken.None).AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.False(waiting.IsCompleted);
        Interlocked.Exchange(ref _waiting, 0);
        await AdvanceUntilAsync(waiting);
    }

    [Fact]
    public async Task However_busy_a_node_is_some_get_in()
    {
        _waiting = 10_000;
        await AdvanceUntilAsync(new JoinPace(_clock, () => _waiting).WaitAsync(CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task Nobody_waits_for_a_door_that_is_closed()
    {
        _waiting = 10_000;
        using var closed = new CancellationTokenSource();
        var waiting = new JoinPace(_clock, () => _waiting).WaitAsync(closed.Token).AsTask();
        await closed.CancelAsync();
        await Eventually.WithinAsync("it waits no more", waiting);
    }

    private Task AdvanceUntilAsync(Task waiting) => Eventually.UntilAsync("the next may come in", () =>
    {
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        return waiting.IsCompleted;
    });
}
