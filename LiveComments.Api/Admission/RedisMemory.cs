using System.Globalization;
using LiveComments.Contracts;

namespace LiveComments.Api.Admission;

/// <summary>What is known of Redis's memory at one moment.</summary>
/// <param name="Mark">What marks it, as it lies there.</param>
/// <param name="IsShared">Whether the mark lies on another node than the keys may (Redis Cluster), and can't be asked with them.</param>
/// <param name="Since">From when on it has all keys.</param>
/// <param name="ReadAt">When this was read.</param>
/// <param name="Breaks">How often connections had broken or come back when the reading began.</param>
sealed record RedisMemory(string Mark, bool IsShared, DateTimeOffset Since, DateTimeOffset ReadAt, int Breaks)
{
    // Read each second; one that is older than this could not be read lately.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    // The moments are told by the clocks of different Api nodes, which time servers keep much closer than this.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether Redis would know every key that was used on the stream within <see cref="KeyMemories.Duration"/>.</summary>
    public bool Covers(LiveStream stream, DateTimeOffset now) =>
        now - ReadAt < MaxAge
        && (now - Since > KeyMemories.Duration || DateTimeOffset.FromUnixTimeMilliseconds(stream.StartedAt) > Since + ClockDifference);

    /// <summary>The mark of a memory that begins now, of a Redis that says this of itself.</summary>
    public static string NewMark(DateTimeOffset since, string fingerprint) => string.Create(CultureInfo.InvariantCulture, $"{since.ToUnixTimeMilliseconds()} {fingerprint}");

    /// <summary>Null when there is no mark, or it is that of another run of Redis, or of the time before something was evicted.</summary>
    public static DateTimeOffset? SinceOf(string? mark, string fingerprint) =>
        mark?.Split(' ', 2) is [var since, var was] && was == fingerprint && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
}
