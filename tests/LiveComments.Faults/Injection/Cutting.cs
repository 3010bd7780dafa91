using LiveComments.Faults.Servers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Injection;

/// <summary>The network between services and a server is cut or slow: of one service, or of all.</summary>
/// <param name="mode">How.</param>
/// <param name="only">Which server; any of them when left out.</param>
sealed class Cutting(LinkMode mode, string? only = null) : Fault
{
    private const double MinSeconds = 2;
    private const double MaxSeconds = 8;

    public override string Name => $"cut-{mode.ToString().ToLowerInvariant()}";

    public override bool NeedsLinks => true;

    public override async Task RunAsync(Scene scene)
    {
        var server = only ?? Parts.Servers[scene.Random.Next(Parts.Servers.Count)];
        var links = scene.System.Links.Where(link => link.Name.EndsWith(server, StringComparison.Ordinal)).ToList();
        if (scene.Random.Next(2) == 0)
            links = [links[scene.Random.Next(links.Count)]];
        var time = scene.Between(MinSeconds, MaxSeconds);
        scene.Tell($"{mode} for {time.TotalSeconds:0.0} s: {string.Join(", ", links.Select(link => link.Name))}");
        foreach (var link in links)
            link.Mode = mode;
        try
        {
            await scene.HoldAsync(time);
        }
        finally
        {
            foreach (var link in links)
                link.Mode = LinkMode.Open;
            scene.Returned();
            scene.Tell("the network is whole again");
        }
    }
}
