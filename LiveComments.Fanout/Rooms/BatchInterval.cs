namespace LiveComments.Fanout.Rooms;

/// <summary>How long comments are gathered before they go out together, by how many watch: a send per viewer is what costs.</summary>
static class BatchInterval
{
    public static TimeSpan For(int viewers, BatchOptions? pace = null)
    {
        pace ??= BatchOptions.Default;
        return viewers switch
        {
            < 1_000 => pace.Under1000,
            < 10_000 => pace.Under10000,
            < 100_000 => pace.Under100000,
            _ => pace.Above,
        };
    }
}
