using LiveComments.Api.Comments;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Analytics;

/// <summary>A stream's figures over time: minutes of Postgres, put together into steps, and who watches at this moment.</summary>
sealed class AnalyticsReading(NpgsqlDataSource database, DatabaseReads reads, TopComments top, AudienceSamples samples, TimeProvider clock)
{
    public async Task<StreamAnalytics> ReadAsync(LiveStream stream, AnalyticsRange range, CancellationToken cancellationToken)
    {
        var read = await reads.ReadAsync(token => MinuteRows.ReadAsync(database, stream.Id, range, token), cancellationToken);
        var best = await top.WithinAsync(stream.Id, (range.From, range.To), AnalyticsLimits.TopComments, cancellationToken);
        var now = stream.Status == StreamStatus.Live ? samples.Now(stream.Id) : null;
        return Together(stream, range, now is null ? read : With(read, range, now), best, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    // Another process may have written the running minute when it stopped.
    private static StreamMinutes With(StreamMinutes read, AnalyticsRange range, AudienceSamples.Row now)
    {
        var at = now.Minute * 60_000;
        return at < range.From || at >= range.To ? read : read with { Audience = [.. read.Audience.Where(row => row.At != at), new AudienceRow(at, now.Viewers, now.Peak)] };
    }

    /// <summary>Pure: minutes into steps.</summary>
    public static StreamAnalytics Together(LiveStream stream, AnalyticsRange range, StreamMinutes read, IReadOnlyList<Comment> best, long now)
    {
        var steps = new Step[range.Count];
        for (var index = 0; index < steps.Length; index++)
            steps[index] = new Step();
        foreach (var minute in read.Minutes)
            StepOf(minute.At).Minutes.Add(minute);
        foreach (var audience in read.Audience)
            StepOf(audience.At).Audience.Add(audience);
        foreach (var (at, refused) in read.Refused)
            StepOf(at).Refused += refused;

        var all = read.Minutes;
        long held = all.Sum(minute => minute.Held), approved = all.Sum(minute => minute.Approved), dropped = all.Sum(minute => minute.Dropped), rejected = read.Refused.Values.Sum(), shown = all.Sum(minute => (long)minute.Comments);
        // What was held and let pass is counted as both.
        var tried = Math.Max(1, shown + held - approved + dropped + rejected);
        return new StreamAnalytics
        {
            StreamId = stream.Id,
            From = range.From,
            To = range.To,
            StepSeconds = range.StepSeconds,
            Times = [.. Enumerable.Range(0, steps.Length).Select(index => range.From + index * range.StepMs)],
            Comments = Column(step => step.Minutes.Sum(minute => minute.Comments)),
            Commenters = Column(step => (int)CommenterSketch.Count(step.Minutes.Select(minute => minute.Commenters), read.SketchSize)),
            Reactions = Column(step => step.Minutes.Sum(minute => (long)minute.Reactions)),
            Viewers = Column(step => step.Audience.Count == 0 ? (double?)null : Math.Round(step.Audience.Average(row => row.Viewers), 1)),
            PeakViewers = Column(step => step.Audience.Count == 0 ? (int?)null : step.Audience.Max(row => row.Peak)),
            Sentiment = Column(step => MoodOf(step.Minutes)),
            Held = Column(step => step.Minutes.Sum(minute => minute.Held)),
            Approved = Column(step => step.Minutes.Sum(minute => minute.Approved)),
            Rejected = Column(step => (int)step.Refused),
            Dropped = Column(step => step.Minutes.Sum(minute => minute.Dropped)),
            Totals = new AnalyticsTotals(
                shown, range.IsWhole ? read.Commenters : CommenterSketch.Count(all.Select(minute => minute.Commenters), read.SketchSize), all.Sum(minute => (long)minute.Reactions),
                read.Audience.Count == 0 ? 0 : read.Audience.Max(row => row.Peak), MoodOf(all), held, approved, rejected, dropped,
                Math.Round((double)held / tried, 4), Math.Round((double)(rejected + dropped) / tried, 4)),
            TopComments = best,
            IsLive = stream.Status == StreamStatus.Live,
            MeasuredAt = now,
        };

        Step StepOf(long at) => steps[(at - range.From) / range.StepMs];
        T[] Column<T>(Converter<Step, T> value) => Array.ConvertAll(steps, value);
    }

    private static double? MoodOf(IReadOnlyList<MinuteRow> minutes)
    {
        var moods = minutes.Sum(minute => (long)minute.Moods);
        return moods == 0 ? null : Math.Round(minutes.Sum(minute => minute.MoodSum) / moods, 3);
    }

    private sealed class Step
    {
        public List<MinuteRow> Minutes { get; } = [];

        public List<AudienceRow> Audience { get; } = [];

        public long Refused { get; set; }
    }
}
