using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Log;

public sealed class CurrentLogTests
{
    private readonly CurrentLog _log = new();

    [Fact]
    public async Task Who_waits_for_a_newer_epoch_gets_it_and_no_other()
    {
        var first = _log.NewerThanAsync(0, CancellationToken.None).AsTask();
        _log.Set(Handle(1));
        Assert.Equal(1, (await Eventually.WithinAsync("the first log", first)).Epoch);

        var newer = _log.NewerThanAsync(1, CancellationToken.None).AsTask();
        _log.Set(Handle(1));
        Assert.False(newer.IsCompleted);
        _log.Set(Handle(3));
        Assert.Equal(3, (await Eventually.WithinAsync("the newer log", newer)).Epoch);
    }

    [Fact]
    public void Epochs_never_go_back()
    {
        _log.Set(Handle(2));
        _log.Set(Handle(1));
        Assert.Equal(2, _log.Handle!.Epoch);
    }

    [Fact]
    public async Task Who_looks_is_woken_by_a_wish_and_by_time()
    {
        var clock = new ManualTimeProvider();
        _log.LookAgain();
        _log.LookAgain();
        await Eventually.WithinAsync("a look, for the wish", _log.WhenToLookAsync(TimeSpan.FromSeconds(5), clock, CancellationToken.None));
        var later = _log.WhenToLookAsync(TimeSpan.FromSeconds(5), clock, CancellationToken.None);
        Assert.False(later.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.WithinAsync("a look, for the time", later);
    }

    // Nothing here asks the server.
    private static LogHandle Handle(int epoch) => new(0, epoch, null!);
}
