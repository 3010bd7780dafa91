using LiveComments.ServiceDefaults.Connections;

namespace LiveComments.UnitTests.Connections;

public sealed class RedisFailuresTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_command_that_the_client_itself_gives_up_says_that_Redis_is_away()
    {
        var command = new TaskCompletionSource<string>();
        command.SetCanceled(CancellationToken.None);
        using var caller = new CancellationTokenSource();
        Assert.True(RedisFailures.IsAway(await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(command.Task).WaitAsync(Long, TimeProvider.System, caller.Token))));
    }

    [Fact]
    public async Task A_caller_who_goes_away_says_nothing_of_Redis()
    {
        var command = new TaskCompletionSource<string>();
        using var caller = new CancellationTokenSource();
        var waiting = AskAsync(command.Task).WaitAsync(Long, TimeProvider.System, caller.Token);
        await caller.CancelAsync();
        Assert.False(RedisFailures.IsAway(await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting)));
    }

    // As whoever asks does: the client's answer is awaited, and parsed.
    private static async Task<int> AskAsync(Task<string> command) => (await command).Length;
}
