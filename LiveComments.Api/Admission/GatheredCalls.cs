using System.Collections.Concurrent;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>
/// Hot path. Sends what many posts ask of Redis together: while one batch is on its way, the next gathers. A call by itself wakes
/// Redis, and its answer wakes this process; under load that costs more than what is asked.
/// </summary>
/// <remarks>
/// 1. A call that finds nobody sending is sent at once, by itself: where there is little to do, nobody waits for company.
/// 2. Whoever comes meanwhile is in the next batch, which goes when the answers are there, or when Redis takes its time over them.
/// 3. Where a batch had a crowd in it there is more to come, so the next gathers for a moment longer.
/// Each call gets its own answer, or its own failure.
/// </remarks>
sealed class GatheredCalls(IConnectionMultiplexer redis, TimeProvider clock)
{
    // Some hundreds of microseconds each: more make the first wait for the last.
    private const int MaxCalls = 256;

    // One that comes alone is not worth waiting for, nor are two.
    private const int Crowd = 4;
    private static readonly TimeSpan MomentLonger = TimeSpan.FromMilliseconds(1);

    // Redis answers within a millisecond. One that doesn't must not hold up those who come later: they fail by themselves.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<Call> _waiting = new();
    private int _isSending;

    /// <exception cref="RedisException">As if it were the only one.</exception>
    /// <exception cref="TimeoutException">As if it were the only one.</exception>
    public Task<RedisResult> EvaluateAsync(byte[] script, RedisKey[] keys, RedisValue[] arguments)
    {
        var call = new Call(script, keys, arguments);
        _waiting.Enqueue(call);
        if (Interlocked.CompareExchange(ref _isSending, 1, 0) == 0)
            _ = SendUntilNobodyWaitsAsync();
        return call.Answer.Task;
    }

    private async Task SendUntilNobodyWaitsAsync()
    {
        while (true)
        {
            var calls = Take();
            if (calls.Count == 0)
            {
                Volatile.Write(ref _isSending, 0);
                // Who came between the two lines above relied on us.
                if (_waiting.IsEmpty || Interlocked.CompareExchange(ref _isSending, 1, 0) != 0)
                    return;
                continue;
            }

            await SendAsync(calls).WaitAsync(Patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (calls.Count >= Crowd)
                await Task.Delay(MomentLonger, clock);
        }
    }

    private List<Call> Take()
    {
        var calls = new List<Call>();
        while (calls.Count < MaxCalls && _waiting.TryDequeue(out var call))
            calls.Add(call);
        return calls;
    }

    // Never throws: what fails, fails for who called.
    private async Task SendAsync(List<Call> calls)
    {
        var answers = new Task<RedisResult>[calls.Count];
        try
        {
            var batch = redis.GetDatabase().CreateBatch();
            for (var index = 0; index < answers.Length; index++)
                answers[index] = batch.ScriptEvaluateAsync(calls[index].Script, calls[index].Keys, calls[index].Arguments);
            batch.Execute();
        }
#pragma warning disable CA1031 // Whoever called hears of it, whatever it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            foreach (var call in calls)
                call.Answer.TrySetException(exception);
            return;
        }

        // Each by itself: on Redis Cluster they may go to several nodes, of which one is away.
        for (var index = 0; index < answers.Length; index++)
            _ = answers[index].ContinueWith(static (answer, call) => ((Call)call!).Answer.TrySetFromTask(answer), calls[index], CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await ((Task)Task.WhenAll(answers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed record Call(byte[] Script, RedisKey[] Keys, RedisValue[] Arguments)
    {
        public TaskCompletionSource<RedisResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
