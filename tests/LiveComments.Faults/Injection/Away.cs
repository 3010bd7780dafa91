using LiveComments.Faults.Promises;
using LiveComments.Faults.Servers;

namespace LiveComments.Faults.Injection;

/// <summary>A server is away for long; what was promised for that time is looked at meanwhile.</summary>
sealed class Away(string server, double seconds) : Fault
{
    public override string Name => $"away-{server}";

    public override async Task RunAsync(Scene scene)
    {
        var time = scene.About(seconds);
        scene.Tell($"kill -9 {server}, away for {time.TotalSeconds:0} s");
        var killed = scene.Clock.GetTimestamp();
        await scene.System.KillAsync(server);
        if (server == Parts.Postgres)
            await DatabaseAway.AssertAsync(scene, time);
        else
            await scene.HoldAsync(time);
        await scene.System.StartAsync(server);
        scene.Returned();
        scene.Tell($"{server} answers again");
        await Promised.AfterAsync(scene, server, killed, scene.Clock.GetTimestamp(), isAlone: true);
    }
}
