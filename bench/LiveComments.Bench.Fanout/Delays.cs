namespace LiveComments.Bench.Fanout;

static class Delays
{
    public static Task DelayAsync(this TimeProvider clock, TimeSpan time) => Task.Delay(time, clock, CancellationToken.None);
}
