using LiveComments.Faults.Servers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Injection;

/// <summary>
/// No room is left under the log. nats-server may then give JetStream up until it is started again, which is what an operator
/// does who has made room.
/// </summary>
sealed class FillingTheDisk : Fault
{
    private const int MaxRoomBytes = 256 * 1024;
    private const double MinSeconds = 3;
    private const double MaxSeconds = 8;

    private static readonly TimeSpan Full = TimeSpan.FromMinutes(2);

    // Who is back by itself is back by then.
    private static readonly TimeSpan ByItself = TimeSpan.FromSeconds(5);

    public override string Name => "disk-full";

    public override bool NeedsSmallDisk => true;

    public override async Task RunAsync(Scene scene)
    {
        var disk = scene.System.Disk ?? throw new InvalidOperationException("The log lies on the machine's own disk.");
        var room = scene.Random.Next(MaxRoomBytes);
        scene.Tell($"room for {room} more bytes under the log");
        disk.LeaveRoomFor(room);
        var refused = Refused(scene);
        await Eventually.UntilAsync("the disk is full, and posts are refused", () => Refused(scene) > refused, Full);
        scene.Tell("the disk is full, and posts are refused");
        await scene.HoldAsync(scene.Between(MinSeconds, MaxSeconds));
        disk.MakeAmple();
        scene.Returned();
        scene.Tell("there is room again");
        var before = scene.Authors.Figures.Acknowledged;
        try
        {
            await Eventually.UntilAsync("posts are acknowledged again", () => scene.Authors.Figures.Acknowledged > before, ByItself);
            scene.Tell("nats-server goes on by itself");
        }
        catch (TimeoutException)
        {
            scene.Tell("nats-server has given JetStream up, and is started again");
            await scene.System.KillAsync(Parts.Nats);
            await scene.System.StartAsync(Parts.Nats);
            scene.Returned();
        }
    }

    private static long Refused(Scene scene) => scene.Authors.Figures.Refusals.GetValueOrDefault("503");
}
