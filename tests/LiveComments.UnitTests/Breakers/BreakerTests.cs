using LiveComments.ServiceDefaults.Breakers;
using LiveComments.TestSupport;
using Polly.CircuitBreaker;
using RepositoryFiles = LiveComments.TestSupport.Repository;

namespace LiveComments.UnitTests.Breakers;

/// <summary>When a breaker opens, and how it closes.</summary>
public sealed class BreakerTests
{
    private static readonly BreakerLimits Limits = BreakerLimits.Redis;

    private readonly ManualTimeProvider _clock = new();
    private readonly Breaker _breaker;

    public BreakerTests() => _breaker = new Breaker("test", Limits, _clock);

    [Fact]
    public void Who_asks_Redis_does_so_behind_a_breaker_or_the_page_on_time_outs_says_why_not()
    {
        var excused = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "operations", "timeouts.md"));
        excused = excused[excused.IndexOf("### What asks without one", StringComparison.Ordinal)..];
        var asking = RepositoryFiles.Files().Where(file => file.StartsWith("LiveComments.", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => (Name: file, Text: File.ReadAllText(Path.Combine(RepositoryFiles.Root, file))))
            .Where(file => file.Text.Contains("IConnectionMultiplexer ", StringComparison.Ordinal)).ToList();
        Assert.True(asking.Count > 10, "they are looked for rightly");
        Assert.Empty(asking.Where(file => !file.Text.Contains("Breaker", StringComparison.Ordinal) && !excused.Contains($"`{file.Name}`", StringComparison.Ordinal)).Select(file => file.Name));
    }

    [Fact]
    public async Task It_opens_at_the_fifth_failure_and_not_at_the_first_of_five_calls()
    {
        for (var count = 1; count < Limits.Failures; count++)
        {
            await SucceedAsync();
            await FailAsync();
            Assert.Equal(BreakerState.Closed, _breaker.State);
        }

        await FailAsync();
        Assert.Equal(BreakerState.Open, _breaker.State);
        await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
    }

    [Fact]
    public async Task Failures_that_are_further_apart_than_its_time_don_t_open_it()
    {
        for (var count = 0; count < 20; count++)
        {
            await FailAsync();
            _clock.Advance(Limits.Within / (Limits.Failures - 2));
        }

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public async Task A_few_failures_among_many_calls_don_t_open_it()
    {
        for (var count = 0; count < 1_000; count++)
        {
            await (count % 20 == 0 ? FailAsync() : SucceedAsync());
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(BreakerState.Closed, _breaker.State);
        for (var count = 0; count < 200; count++)
        {
            if (_breaker.State == BreakerState.Closed)
                await FailAsync();
        }

        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public async Task When_its_time_is_over_one_call_tries_and_closes_it_if_it_succeeds()
    {
        await OpenAsync();
        _clock.Advance(Limits.OpenFor - TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);

        var answer = new TaskCompletionSource<int>();
        var trying = CallAsync(_ => answer.Task);
        await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
        answer.SetResult(1);
        await trying;
        Assert.Equal(BreakerState.Closed, _breaker.State);
        // It knows of no failure from before.
        for (var count = 1; count < Limits.Failures; count++)
            await FailAsync();
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public async Task A_try_that_fails_opens_it_again_and_one_whose_caller_goes_leaves_the_try_to_the_next()
    {
        await OpenAsync();
        _clock.Advance(Limits.OpenFor);
        await FailAsync();
        Assert.Equal(BreakerState.Open, _breaker.State);

        _clock.Advance(Limits.OpenFor);
        using var gone = new CancellationTokenSource();
        var trying = CallAsync(token => Task.FromCanceled<int>(token), gone);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        await SucceedAsync();
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public async Task What_began_before_it_opened_changes_nothing_when_it_ends()
    {
        var (early, late) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var (succeeds, fails) = (CallAsync(_ => early.Task), CallAsync(_ => late.Task));
        await OpenAsync();
        early.SetResult(1);
        await succeeds;
        Assert.Equal(BreakerState.Open, _breaker.State);
        _clock.Advance(Limits.OpenFor);
        await SucceedAsync();
        late.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => fails);
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public async Task An_error_that_is_an_answer_is_no_failure()
    {
        for (var count = 0; count < 20; count++)
            await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(_ => Task.FromException<int>(new InvalidOperationException())));
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    private async Task OpenAsync()
    {
        for (var count = 0; count < Limits.Failures; count++)
            await FailAsync();
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    private Task SucceedAsync() => CallAsync(_ => Task.FromResult(1));

    private async Task FailAsync() => await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(_ => Task.FromException<int>(new TimeoutException())));

    private async Task CallAsync(Func<CancellationToken, Task<int>> call, CancellationTokenSource? goes = null) => await _breaker.CallAsync(
        (ask, token) =>
        {
            goes?.Cancel();
            return ask(token);
        },
        call, exception => exception is TimeoutException, goes?.Token ?? CancellationToken.None);
}
