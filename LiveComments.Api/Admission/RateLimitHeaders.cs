using System.Globalization;

namespace LiveComments.Api.Admission;

/// <summary>Tells the client what is left, by the header fields of the IETF's draft "RateLimit header fields for HTTP".</summary>
static class RateLimitHeaders
{
    public static void Write(HttpResponse response, Quota quota)
    {
        response.Headers["RateLimit-Limit"] = quota.Limit.ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Remaining"] = Math.Max(0, quota.Remaining).ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Reset"] = Seconds(quota.Reset);
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"{quota.Limit};w={(long)quota.Window.TotalSeconds}");
        if (quota.Reset > TimeSpan.Zero)
            response.Headers.RetryAfter = Seconds(quota.Reset);
    }

    // Rounded up: who waits this long is let in.
    private static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
