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

    private static LiveTarget Live(Way way, Protocol protocol, Options options) => new(way, protocol, options.Nodes, options.Environment);
}
