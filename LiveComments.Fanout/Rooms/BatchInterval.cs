namespace LiveComments.Fanout.Rooms;

/// <summary>How long comments are gathered before they go out together, by how many watch: a send per viewer is what costs.</summary>
static class BatchInterval
{
    public static TimeSpan For(int viewers) => TimeSpan.FromMilliseconds(viewers switch
    {
        < 1_000 => 100,
        < 10_000 => 200,
        < 100_000 => 300,
        _ => 500,
    });
}
