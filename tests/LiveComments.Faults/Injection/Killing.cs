using LiveComments.Faults.Promises;
using LiveComments.Faults.Servers;

namespace LiveComments.Faults.Injection;

/// <summary><c>kill -9</c> of one part, or of two within a second of each other; each starts again after a while of its own.</summary>
sealed class Killing(params string[] parts) : Fault
{
    private const double MinAwaySeconds = 0.2;
    private const double MaxAwaySeconds = 6;
    private const double MaxApartSeconds = 1;

    public override string Name => $"kill-{string.Join('-', parts)}";

    public override async Task RunAsync(Scene scene)
    {
        var names = new List<string>();
        foreach (var part in parts)
        {
            var name = await scene.System.ChooseAsync(part, scene.Random);
            // Api and the persister may be the same process; then it dies once.
            if (!names.Contains(name))
                names.Add(name);
        }

        var plans = names.ConvertAll(name => (Name: name, After: names.Count == 1 ? TimeSpan.Zero : scene.Between(0, MaxApartSeconds), Away: scene.Between(MinAwaySeconds, MaxAwaySeconds)));
        var returns = await Task.WhenAll(plans.Select(plan => OneAsync(scene, plan.Name, plan.After, plan.Away)));
        foreach (var (name, killed, answers) in returns)
            await Promised.AfterAsync(scene, name, killed, answers, isAlone: names.Count == 1);
    }

    private static async Task<(string Name, long Killed, long Answers)> OneAsync(Scene scene, string name, TimeSpan after, TimeSpan away)
    {
        await scene.HoldAsync(after);
        scene.Tell($"kill -9 {name}");
        var killed = scene.Clock.GetTimestamp();
        await scene.System.KillAsync(name);
        await scene.HoldAsync(away);
        await scene.System.StartAsync(name);
        scene.Returned();
        scene.Tell($"{name} answers again");
        return (name, killed, scene.Clock.GetTimestamp());
    }
}
