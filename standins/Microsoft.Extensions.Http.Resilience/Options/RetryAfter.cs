namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Reads the Retry-After header, which holds seconds or a date.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Of(HttpResponseMessage? response, TimeProvider clock)
    {
        if (response?.Headers.RetryAfter is not { } header)
            return null;

        var delay = header.Delta ?? header.Date - clock.GetUtcNow();
        // A date that has passed means: now.
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }
}
