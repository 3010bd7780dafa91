using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;

namespace LiveComments.ServiceDefaults.Telemetry.PrometheusText;

/// <summary>
/// Answers scrapes. One collection runs at a time, and its text serves everybody who asks while it runs or shortly after:
/// scrapers in any number cost no more than one.
/// </summary>
public sealed class PrometheusScrapes
{
    // Far below any scrape interval, and enough for the replicas of a Prometheus that scrape at the same tick.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(300);

    // Below Prometheus' default scrape timeout of 10 s, so that the reason reaches the one who reads the target page.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly PrometheusTextExporter _exporter;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private Task<byte[]?>? _collecting;
    private long _collectedAt;

    // Asking for the provider builds it, and it builds the reader that the exporter needs.
    public PrometheusScrapes(MeterProvider provider, PrometheusTextExporter exporter, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _exporter = exporter;
        _clock = clock;
    }

    /// <summary>The text of a collection at most 300 ms old; null when collecting failed.</summary>
    public Task<byte[]?> GetTextAsync()
    {
        lock (_gate)
        {
            if (_collecting is { } current && (!current.IsCompleted || IsFresh_NeedsGate()))
                return current;

            // Observable instruments run foreign code: not in the gate.
            return _collecting = Task.Run(Collect);
        }
    }

    internal async Task ServeAsync(HttpContext context)
    {
        byte[]? text = null;
        try
        {
            text = await GetTextAsync().WaitAsync(MaxWait, _clock, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            // A callback of an instrument hangs. Collecting goes on; so does the next scrape's wait.
        }

        context.Response.Headers.CacheControl = "no-store";
        if (text is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("The metrics could not be collected in time.\n", context.RequestAborted);
            return;
        }

        // The one format that every Prometheus reads: what Accept prefers doesn't matter.
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = text.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }

    private bool IsFresh_NeedsGate() => _clock.GetElapsedTime(Volatile.Read(ref _collectedAt)) <= MaxAge;

    private byte[]? Collect()
    {
        try
        {
            return _exporter.Collect?.Invoke((int)MaxWait.TotalMilliseconds) == true ? _exporter.Text : null;
        }
        finally
        {
            Volatile.Write(ref _collectedAt, _clock.GetTimestamp());
        }
    }
}
