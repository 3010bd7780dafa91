using System.Diagnostics.Metrics;
using LiveComments.Contracts;

namespace LiveComments.Api.Persistence;

/// <summary>How the log gets into Postgres. Only the process that writes it has anything to tell.</summary>
sealed class PersistenceMetrics
{
    public const string MeterName = "LiveComments.Api.Persistence";

    // From a batch of one comment on an idle database to the command's time-out.
    private static readonly double[] Seconds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
    private static readonly int[] Entries = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000];

    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _size;
    private readonly Counter<long> _skipped;
    private Func<Cursor?> _end = static () => null;
    private Tuple<Cursor>? _written;

    public PersistenceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram(
            "livecomments.db.batch.duration", "s", "How long it took to write a batch of the log's entries into Postgres.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _size = meter.CreateHistogram(
            "livecomments.db.batch.size", "{entry}", "Entries of a batch.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = Entries });
        _skipped = meter.CreateCounter<long>("livecomments.log.skipped", "{entry}", "Entries that were missing in the log before Postgres had got them.");
        meter.CreateObservableGauge("livecomments.log.lag", Lag, "{entry}", "Entries of the log that are not in Postgres yet, told by the process that writes them.");
    }

    /// <summary>This process writes now: from where, and who knows the log's end.</summary>
    public void Begin(Cursor written, Func<Cursor?> end)
    {
        Volatile.Write(ref _end, end);
        Volatile.Write(ref _written, Tuple.Create(written));
    }

    public void Written(Cursor written, int entries, TimeSpan duration)
    {
        Volatile.Write(ref _written, Tuple.Create(written));
        _duration.Record(duration.TotalSeconds);
        _size.Record(entries);
    }

    public void Skipped(ulong entries) => _skipped.Add((long)entries);

    /// <summary>This process writes no more; another may.</summary>
    public void End() => Volatile.Write(ref _written, null);

    private IEnumerable<Measurement<long>> Lag()
    {
        if (Volatile.Read(ref _written) is not { Item1: var written })
            return [];
        var lag = Volatile.Read(ref _end)() is { } end && end.Epoch == written.Epoch && end.Sequence > written.Sequence ? end.Sequence - written.Sequence : 0;
        return [new Measurement<long>((long)lag)];
    }
}
