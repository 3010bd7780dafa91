using System.Collections.Concurrent;

namespace LiveComments.Faults.Load;

/// <summary>What became of the posts, in numbers.</summary>
sealed class PostFigures
{
    /// <summary>The time within which a post should succeed, by retries with the same key.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);

    private long _attempted;
    private long _acknowledged;
    private long _inTime;
    private long _late;
    private long _notOffered;
    private long _lastAcknowledgedAt;
    private long _returnedAt;
    private long _firstAfterReturn;
    private long _slowestMs;

    public long Attempted => Volatile.Read(ref _attempted);

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Acknowledged within <see cref="Promise"/> of their first being sent.</summary>
    public long InTime => Volatile.Read(ref _inTime);

    /// <summary>Acknowledged later than that.</summary>
    public long Late => Volatile.Read(ref _late);

    /// <summary>Fell due while every author was waiting for an answer.</summary>
    public long NotOffered => Volatile.Read(ref _notOffered);

    /// <summary>The longest that a post took, with its retries.</summary>
    public TimeSpan Slowest => TimeSpan.FromMilliseconds(Volatile.Read(ref _slowestMs));

    /// <summary>Of all posts that are decided, and of those that have been waiting for longer than the promise.</summary>
    public double ShareInTime => InTime + Late == 0 ? 1 : (double)InTime / (InTime + Late);

    /// <summary>A stopwatch's time.</summary>
    public long LastAcknowledgedAt => Volatile.Read(ref _lastAcknowledgedAt);

    /// <summary>Answers that were no acceptance, by what they said.</summary>
    public ConcurrentDictionary<string, long> Refusals { get; } = new();

    /// <summary>Answers that nobody should ever get, whatever fails; each with an example.</summary>
    public ConcurrentDictionary<string, string> Wrong { get; } = new();

    /// <summary>How many were begun and how many acknowledged, so far.</summary>
    public (long Attempted, long Acknowledged) Counts => (Attempted, Acknowledged);

    /// <summary>A stopwatch's time from which on the first acknowledgement is looked for.</summary>
    public void MarkReturn(long now)
    {
        Volatile.Write(ref _firstAfterReturn, 0);
        Volatile.Write(ref _returnedAt, now);
    }

    /// <summary>When the first post was acknowledged after the mark; null when none was.</summary>
    public long? FirstAfterReturn => Volatile.Read(ref _firstAfterReturn) is var first and > 0 ? first : null;

    public void Attempt() => Interlocked.Increment(ref _attempted);

    public void NotOffer() => Interlocked.Increment(ref _notOffered);

    public void Acknowledge(TimeSpan took, long now)
    {
        Interlocked.Increment(ref _acknowledged);
        Interlocked.Increment(ref took <= Promise ? ref _inTime : ref _late);
        Volatile.Write(ref _lastAcknowledgedAt, now);
        if (now > Volatile.Read(ref _returnedAt))
            Interlocked.CompareExchange(ref _firstAfterReturn, now, 0);
        var milliseconds = (long)took.TotalMilliseconds;
        while (Volatile.Read(ref _slowestMs) is var slowest && milliseconds > slowest && Interlocked.CompareExchange(ref _slowestMs, milliseconds, slowest) != slowest)
        {
        }
    }

    public void Refuse(string reason) => Refusals.AddOrUpdate(reason, 1, (_, count) => count + 1);
}
