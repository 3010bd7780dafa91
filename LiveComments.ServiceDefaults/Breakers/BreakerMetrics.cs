using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LiveComments.ServiceDefaults.Breakers;

/// <summary>The state of each breaker of this process, and how often it opened.</summary>
public sealed class BreakerMetrics
{
    private const string NameTag = "breaker";

    private readonly ConcurrentDictionary<string, Breaker> _breakers = new(StringComparer.Ordinal);
    private readonly Counter<long> _opened;

    public BreakerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("LiveComments.Breakers");
        meter.CreateObservableGauge(
            "livecomments.breaker.state", () => _breakers.Values.Select(breaker => new Measurement<int>((int)breaker.State, new KeyValuePair<string, object?>(NameTag, breaker.Name))),
            "{state}", "0 closed: it is asked; 1 half open: one tries; 2 open: nobody asks.");
        _opened = meter.CreateCounter<long>("livecomments.breaker.opened", "{opening}", "How often a breaker opened, a failed try included.");
    }

    public void Add(Breaker breaker) => _breakers[breaker.Name] = breaker;

    public void Opened(string name) => _opened.Add(1, new KeyValuePair<string, object?>(NameTag, name));
}
