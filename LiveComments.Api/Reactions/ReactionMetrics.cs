using System.Diagnostics.Metrics;

namespace LiveComments.Api.Reactions;

/// <summary>What is counted of reactions, over all streams.</summary>
sealed class ReactionMetrics
{
    private readonly Counter<long> _posted;
    private long _dropped;

    public ReactionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("LiveComments.Api.Reactions");
        _posted = meter.CreateCounter<long>("livecomments.reactions.posted", "{reaction}", "Reactions to streams that were let through, and changes of reactions to comments.");
        meter.CreateObservableCounter("livecomments.reactions.dropped", () => Volatile.Read(ref _dropped), "{reaction}", "Reactions to streams that the log may or may not have taken, and that were given up rather than counted twice.");
    }

    public void Posted(string type) => _posted.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Dropped(int reactions) => Interlocked.Add(ref _dropped, reactions);
}
