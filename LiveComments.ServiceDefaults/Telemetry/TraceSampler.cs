using System.Diagnostics;
using OpenTelemetry.Trace;

namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>Decides what is traced.</summary>
/// <remarks>
/// 1. What belongs to a trace goes the way of the rest of it; a caller from elsewhere only where callers are trusted.
/// 2. A batch is traced when something in it is, which its links say.
/// 3. What begins a trace is traced at random: the caller chooses trace ids, and would choose the right ones.
/// </remarks>
public sealed class TraceSampler(double ratio, bool trustCallers) : Sampler
{
    private static readonly SamplingResult Traced = new(SamplingDecision.RecordAndSample);
    private static readonly SamplingResult NotTraced = new(SamplingDecision.Drop);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        // 1.
        var parent = samplingParameters.ParentContext;
        if (parent.TraceId != default && (trustCallers || !parent.IsRemote))
            return IsTraced(parent) ? Traced : NotTraced;
        // 2.
        foreach (var link in samplingParameters.Links ?? [])
        {
            if (IsTraced(link.Context))
                return Traced;
        }

        // 3.
        return Random.Shared.NextDouble() < ratio ? Traced : NotTraced;
    }

    private static bool IsTraced(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
