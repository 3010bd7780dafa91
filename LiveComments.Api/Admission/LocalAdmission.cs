using System.Collections.Concurrent;

namespace LiveComments.Api.Admission;

/// <summary>
/// Admission while Redis is away: sliding windows in this process's memory. Each process counts for itself, so a user
/// who reaches several may post as many times the limit as there are processes: better than refusing everybody.
/// </summary>
sealed class LocalAdmission(TimeProvider clock)
{
    // Windows of so many users and streams; past it the oldest knowledge is dropped, in favour of the users.
    private const int MaxWindows = 100_000;

    private readonly ConcurrentDictionary<string, Queue<long>> _windows = new(StringComparer.Ordinal);

    public AdmissionVerdict Admit(string streamId, string userId, RateLimit globally, RateLimit perStream)
    {
        if (_windows.Count > MaxWindows)
            _windows.Clear();
        var now = clock.GetTimestamp();
        var global = _windows.GetOrAdd(userId, _ => new Queue<long>());
        var stream = _windows.GetOrAdd($"{userId} {streamId}", _ => new Queue<long>());
        // In this order everywhere, so that two posts of one user never wait for each other in a circle.
        lock (global)
        {
            lock (stream)
            {
                if (FreeAfter(global, globally, now) is { } wait)
                    return new AdmissionVerdict.TooMany(new Quota(globally.Count, 0, globally.Window, wait));
                if (FreeAfter(stream, perStream, now) is { } streamWait)
                    return new AdmissionVerdict.TooMany(new Quota(perStream.Count, 0, perStream.Window, streamWait));
                global.Enqueue(now);
                stream.Enqueue(now);
                return new AdmissionVerdict.Admitted(new Quota(perStream.Count, perStream.Count - stream.Count, perStream.Window, TimeSpan.Zero));
            }
        }
    }

    /// <summary>Takes one out of a single window; what is left is less than zero when there was none.</summary>
    public Quota Take(string window, RateLimit limit)
    {
        if (_windows.Count > MaxWindows)
            _windows.Clear();
        var now = clock.GetTimestamp();
        var moments = _windows.GetOrAdd(window, _ => new Queue<long>());
        lock (moments)
        {
            if (FreeAfter(moments, limit, now) is { } wait)
                return new Quota(limit.Count, -1, limit.Window, wait);
            moments.Enqueue(now);
            return new Quota(limit.Count, limit.Count - moments.Count, limit.Window, TimeSpan.Zero);
        }
    }

    private TimeSpan? FreeAfter(Queue<long> moments, RateLimit limit, long now)
    {
        while (moments.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= limit.Window)
            moments.Dequeue();
        return moments.Count < limit.Count ? null : limit.Window - clock.GetElapsedTime(moments.Peek(), now);
    }
}
