using LiveComments.Fanout.Connections;
using LiveComments.ServiceDefaults.Connections;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>What all detached viewers share, so that none of them has to hold it.</summary>
sealed class DetachedViewers(DirectWriters writers, ViewerMetrics metrics, ConnectionCap cap, GarbageAfterWaves waves)
{
    public DirectWriters Writers => writers;

    public ViewerMetrics Metrics => metrics;

    public ConnectionCap Cap => cap;

    public GarbageAfterWaves Waves => waves;
}
