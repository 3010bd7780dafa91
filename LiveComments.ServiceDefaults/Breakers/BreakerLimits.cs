namespace LiveComments.ServiceDefaults.Breakers;

/// <summary>When a breaker opens, and for how long.</summary>
/// <param name="Failures">It takes so many failures …</param>
/// <param name="Within">… within this time.</param>
/// <param name="OpenFor">So long nobody asks; then one does, and the breaker closes or opens again by what becomes of that.</param>
public sealed record BreakerLimits(int Failures, TimeSpan Within, TimeSpan OpenFor)
{
    /// <summary>Posts and readers can do without it or are told so; asking a Postgres that is starting makes it no faster.</summary>
    public static readonly BreakerLimits Postgres = new(Failures: 5, Within: TimeSpan.FromSeconds(30), OpenFor: TimeSpan.FromSeconds(10));

    /// <summary>Redis starts within a second, and limits kept by one process alone are the worse ones: it is asked again sooner.</summary>
    public static readonly BreakerLimits Redis = new(Failures: 5, Within: TimeSpan.FromSeconds(30), OpenFor: TimeSpan.FromSeconds(5));

    /// <summary>Of what was asked within the time at least this share must have failed: of thousands of questions a second five are none too many.</summary>
    public const double LeastShare = 0.1;
}
