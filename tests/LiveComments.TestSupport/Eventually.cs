using System.Diagnostics;

namespace LiveComments.TestSupport;

/// <summary>Awaits a named condition. Where a test would sleep, it says here what it waits for.</summary>
public static class Eventually
{
    // Generous, since a busy two-core machine runs several test projects at once; a passing test never waits for it.
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns once <paramref name="condition"/> holds; fails with <paramref name="what"/> and the last exception otherwise.</summary>
    public static Task UntilAsync(string what, Func<bool> condition, TimeSpan? timeout = null) =>
        UntilAsync(what, () => Task.FromResult(condition()), timeout);

    /// <inheritdoc cref="UntilAsync(string, Func{bool}, TimeSpan?)"/>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? timeout = null) =>
        await GetAsync<object>(what, async () => await condition() ? condition : null, timeout);

    /// <summary>The first value of <paramref name="probe"/> that isn't null.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> probe, TimeSpan? timeout = null) where T : class
    {
        var limit = timeout ?? DefaultTimeout;
        var started = Stopwatch.GetTimestamp();
        Exception? last = null;
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            try
            {
                if (await probe() is { } value)
                    return value;
                last = null;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                last = exception;
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }

        throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}.{(last is null ? "" : $" Last failure: {last.Message}")}", last);
    }

    /// <summary>Awaits <paramref name="task"/>, but no longer than the time-out; names what was missing.</summary>
    public static async Task<T> WithinAsync<T>(string what, Task<T> task, TimeSpan? timeout = null)
    {
        try
        {
            return await task.WaitAsync(timeout ?? DefaultTimeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {(timeout ?? DefaultTimeout).TotalSeconds:0.#} s: {what}.");
        }
    }

    /// <inheritdoc cref="WithinAsync{T}(string, Task{T}, TimeSpan?)"/>
    public static async Task WithinAsync(string what, Task task, TimeSpan? timeout = null)
    {
        try
        {
            await task.WaitAsync(timeout ?? DefaultTimeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {(timeout ?? DefaultTimeout).TotalSeconds:0.#} s: {what}.");
        }
    }
}
