using System.Globalization;
using LiveComments.Bench.Fanout.Viewers;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>The targets by the names that the command line has for them.</summary>
static class TargetNames
{
    public static Target Make(string name, Options options) => name switch
    {
        "live" => Live(Way.Direct, Protocol.Sse, options),
        "live-ws" => Live(Way.Direct, Protocol.WebSocket, options),
        "live-gateway" => Live(Way.Gateway, Protocol.Sse, options),
        "live-redirect" => Live(Way.Redirect, Protocol.Sse, options),
        "nchan" => new NchanTarget(options.NchanWorkers),
        "signalr" => new SignalRTarget(),
        "epoll" => new EpollTarget(),
        _ => throw new ArgumentException($"There is no target '{name}'.", nameof(name)),
    };

    private static LiveTarget Live(Way way, Protocol protocol, Options options)
    {
        // Of a fast stream our node shows as many comments as people can read; here all are to come.
        var environment = new Dictionary<string, string> { ["Rooms__MaxCommentsPerSecond"] = "100000" };
        // Sizes are of frames with one comment: so that each comment is a frame, gather for less than their distance.
        if (options.FrameBytes is not null)
        {
            var half = TimeSpan.FromSeconds(0.5 / options.Rate).ToString("c", CultureInfo.InvariantCulture);
            foreach (var tier in new[] { "Under1000", "Under10000", "Under100000", "Above" })
                environment[$"Batching__{tier}"] = half;
            // No peer tells its viewers how many they are.
            environment["Figures__Viewers"] = environment["Figures__Comments"] = "false";
        }

        foreach (var (name, value) in options.Environment)
            environment[name] = value;
        return new LiveTarget(way, protocol, options.Nodes, environment, options.Load);
    }
}
