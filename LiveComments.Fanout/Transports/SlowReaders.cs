namespace LiveComments.Fanout.Transports;

/// <summary>How far a viewer may fall behind. Who is further behind is closed: it resumes by its cursor, and holds no memory meanwhile.</summary>
static class SlowReaders
{
    public const long MaxLagBytes = 1024 * 1024;
    public static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(5);
}
