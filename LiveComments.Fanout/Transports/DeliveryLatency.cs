using System.Diagnostics.Metrics;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.ServiceLevels;

namespace LiveComments.Fanout.Transports;

/// <summary>How long it takes from a comment's acceptance by Api until it has been written to viewers.</summary>
sealed class DeliveryLatency
{
    public const string InstrumentName = "livecomments.delivery.latency";
    public const string RetractionInstrumentName = "livecomments.retraction.latency";

    // From "nobody notices" to "everybody does"; gathering alone takes up to half a second in the biggest rooms.
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10];

    private readonly StreamLevels _levels;
    private readonly TimeProvider _clock;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _retraction;
    private readonly DelayMeter? _late;

    /// <param name="meters">What is measured goes there.</param>
    /// <param name="levels">What is measured of each stream goes there.</param>
    /// <param name="clock">Of this node.</param>
    /// <param name="load">Is told how long frames wait for their turn; null where nobody wants to know.</param>
    public DeliveryLatency(IMeterFactory meters, StreamLevels levels, TimeProvider clock, LoadMeter? load = null)
    {
        (_levels, _clock) = (levels, clock);
        _late = load?.DelayOf("the first write of a batch");
        var meter = meters.Create(ViewerMetrics.MeterName);
        _retraction = meter.CreateHistogram(
            RetractionInstrumentName, "s", "From the acceptance of a comment's removal until viewers have been told to show it no longer.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _latency = meter.CreateHistogram(
            InstrumentName, "s", "From a comment's acceptance until it was written to viewers; one frame in eight.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    }

    /// <summary>All frames after <paramref name="before"/> and up to <paramref name="last"/> have been written, in one go; the first of them stands for them, but no removal is left out.</summary>
    /// <param name="before">What they had before.</param>
    /// <param name="last">What they have now.</param>
    /// <param name="viewers">How many they are.</param>
    public void Delivered(Frame before, Frame last, int viewers)
    {
        for (var frame = before.NextIfAny; frame is not null; frame = frame == last ? null : frame.NextIfAny)
        {
            if (frame.Number == before.Number + 1 || frame.RetractedAt is not null)
                Delivered(frame, viewers);
            else
                frame.Trace?.Written(frame);
        }
    }

    /// <summary>A writer thread begins with the frame: how long it waited for that tells whether the thread keeps up, and not how many viewers it has.</summary>
    public void Begins(Frame frame) => _late?.Note(_clock.GetElapsedTime(frame.CreatedAt));

    /// <summary>The frame has been written: to one viewer, or to all that a writer thread serves, when the last of them got it.</summary>
    /// <param name="frame">What was written.</param>
    /// <param name="viewers">To how many.</param>
    public void Delivered(Frame frame, int viewers = 1)
    {
        frame.Trace?.Written(frame);
        if (frame.RetractedAt is { } retracted)
        {
            var took = Since(retracted);
            _retraction.Record(took.TotalSeconds);
            _levels.Retracted(frame.StreamId, took, viewers);
        }

        if (frame is { IsMeasured: true, AcceptedAt: { } accepted })
        {
            var took = Since(accepted);
            _latency.Record(took.TotalSeconds);
            _levels.Delivered(frame.StreamId, took, viewers);
        }
    }

    // Another machine's clock may be a little ahead of this one's.
    private TimeSpan Since(DateTimeOffset moment) => _clock.GetUtcNow() - moment is var took && took > TimeSpan.Zero ? took : TimeSpan.Zero;
}
