using LiveComments.Faults.Injection;
using LiveComments.Faults.Load;
using LiveComments.Faults.Runs;
using LiveComments.Faults.Servers;
using LiveComments.TestSupport;
using Xunit.Abstractions;

namespace LiveComments.FaultTests;

/// <summary>
/// Faults at a gentler load and shorter than the long set, which
/// <c>dotnet run -c Release --project tests/LiveComments.Faults -- seeds</c> runs. It fails for what is lost, twice, out of order or silent, and for
/// what takes ten times as long as is promised.
/// </summary>
[Trait("Category", "UnderFaults")]
public sealed class ShortSet(ITestOutputHelper output)
{
    private const string SeedVariable = "LIVECOMMENTS_SEED";

    // Of all times of the long set: a fault of 7 s lasts for 3.
    private const double Scale = 0.4;

    // What is promised in seconds is measured by the long set, on a machine that has nothing else to do; here whole test projects run beside it.
    private const double Slack = 10;

    private static readonly LoadPlan Load = new(Rate: 150, Streams: 4, SseViewers: 12, SocketViewers: 12, MaxCommentsPerSecond: 100_000);

    [Fact]
    public Task Whatever_dies_stops_fills_up_or_is_cut_off_nothing_is_lost_twice_out_of_order_or_silent() => AssertAsync(
    [
        // First, since the services notice only seconds later that nothing will ever come.
        new Cutting(LinkMode.Swallowing, Parts.Redis), new Killing(Parts.Persister), new Killing(Parts.Fanout, Parts.Redis), new Killing(Parts.Nats),
        new Away(Parts.Postgres, seconds: 10), new Cutting(LinkMode.Swallowing, Parts.Postgres), new Killing(Parts.Gateway), new Cutting(LinkMode.Resetting, Parts.Nats), new Forgetting(),
        .. WithADisk(),
    ]);

    [Fact]
    public Task A_log_that_lost_its_tail_says_so_to_everybody_and_goes_on_in_a_new_epoch() => AssertAsync([new Damaging(Damage.TailCut)]);

    // Only root may make a disk.
    private Fault[] WithADisk()
    {
        if (Tmpfs.IsPossible)
            return [new FillingTheDisk()];
        output.WriteLine("A full disk is NOT PROVEN here: making one needs root.");
        return [];
    }

    private async Task AssertAsync(IReadOnlyList<Fault> faults)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var given) ? given : Random.Shared.Next(1, 1_000_000);
        var result = await new FaultRun(new RunOptions(Load, Scale, output.WriteLine, Slack), TimeProvider.System).RunAsync(seed, faults);
        Assert.True(result.IsGood, $"Replay with {SeedVariable}={seed}. {result}");
    }
}
