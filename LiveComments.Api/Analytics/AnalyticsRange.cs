using System.Globalization;
using LiveComments.Contracts;

namespace LiveComments.Api.Analytics;

/// <summary>Which time is asked about, in whole steps.</summary>
/// <param name="From">Unix milliseconds; a multiple of the step.</param>
/// <param name="To">Unix milliseconds; another.</param>
/// <param name="StepSeconds">Whole minutes.</param>
/// <param name="IsWhole">All of the stream is in it.</param>
readonly record struct AnalyticsRange(long From, long To, int StepSeconds, bool IsWhole)
{
    private static readonly long MaxMs = (long)TimeSpan.FromDays(AnalyticsLimits.MaxDays).TotalMilliseconds;

    // What a chart's axis can be divided into; multiples of all before the last few.
    private static readonly int[] Steps = [60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, AnalyticsLimits.MaxStepSeconds];

    public long StepMs => StepSeconds * 1_000L;

    public int Count => (int)((To - From) / StepMs);

    /// <summary>The range, or a sentence on what is wrong with it.</summary>
    /// <param name="from">Unix milliseconds; the stream's beginning when left out.</param>
    /// <param name="to">Unix milliseconds; the stream's end, or now, when left out.</param>
    /// <param name="step">Seconds; whatever makes a handy number of steps when left out.</param>
    /// <param name="stream">Outside of its time there is nothing.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static (AnalyticsRange? Range, string? Fault) Read(string? from, string? to, string? step, LiveStream stream, long now)
    {
        if (!TryReadTime(from, out var first) || !TryReadTime(to, out var last))
            return (null, "'from' and 'to' must be Unix milliseconds.");
        if (first >= last)
            return (null, "'from' must be before 'to'.");
        // What ended is over with the millisecond after.
        var end = Math.Min(last ?? long.MaxValue, stream.EndedAt is { } ended ? ended + 1 : now + 1);
        // A beginning that lies too far back for one answer was not asked for.
        var begin = Math.Max(first ?? end - MaxMs, stream.StartedAt);
        if (begin >= end)
            return (null, "The stream was not live within that time.");
        if (end - begin > MaxMs)
            return (null, string.Create(CultureInfo.InvariantCulture, $"One answer covers at most {AnalyticsLimits.MaxDays} days; ask for a part with 'from' and 'to'."));

        var seconds = 0;
        if (step is not null && !(int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is >= AnalyticsLimits.MinStepSeconds and <= AnalyticsLimits.MaxStepSeconds && seconds % 60 == 0))
            return (null, string.Create(CultureInfo.InvariantCulture, $"'step' must be whole minutes, in seconds: {AnalyticsLimits.MinStepSeconds} to {AnalyticsLimits.MaxStepSeconds}."));
        if (step is null)
            seconds = Array.Find(Steps, one => Around(begin, end, one).Count <= AnalyticsLimits.DefaultSteps);
        var range = Around(begin, end, seconds) with { IsWhole = begin <= stream.StartedAt && end > (stream.EndedAt ?? now) };
        return range.Count > AnalyticsLimits.MaxSteps
            ? (null, string.Create(CultureInfo.InvariantCulture, $"One answer has at most {AnalyticsLimits.MaxSteps} steps; make 'step' longer, or the time shorter."))
            : (range, null);
    }

    private static AnalyticsRange Around(long begin, long end, int seconds)
    {
        var step = seconds * 1_000L;
        return new AnalyticsRange(begin / step * step, (end + step - 1) / step * step, seconds, IsWhole: false);
    }

    private static bool TryReadTime(string? text, out long? time)
    {
        time = null;
        if (text is null)
            return true;
        // As late as a DateTimeOffset goes.
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) || read > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return false;
        time = read;
        return true;
    }
}
