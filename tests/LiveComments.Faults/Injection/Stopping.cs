using LiveComments.Faults.Promises;

namespace LiveComments.Faults.Injection;

/// <summary>SIGSTOP: the process is there, its connections are, and it says nothing for 7 s.</summary>
sealed class Stopping(string part) : Fault
{
    private const double Seconds = 7;

    public override string Name => $"stop-{part}";

    public override async Task RunAsync(Scene scene)
    {
        var name = await scene.System.ChooseAsync(part, scene.Random);
        scene.Tell($"SIGSTOP {name}");
        scene.System.Pause(name);
        try
        {
            await scene.HoldAsync(scene.About(Seconds));
        }
        finally
        {
            scene.System.Resume(name);
            scene.Returned();
            scene.Tell($"SIGCONT {name}");
        }

        // It never died, so nobody looked for another: what is promised begins with its return.
        var returned = scene.Clock.GetTimestamp();
        await Promised.AfterAsync(scene, name, returned, returned, isAlone: true);
    }
}
