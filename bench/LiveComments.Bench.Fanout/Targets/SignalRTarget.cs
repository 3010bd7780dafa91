using System.Globalization;
using LiveComments.Bench.Fanout.Viewers;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>ASP.NET Core SignalR, <c>bench/peers/signalr</c>: JSON over WebSockets.</summary>
sealed class SignalRTarget : Target
{
    private readonly int _port = ServerProcess.FreePort();
    private HttpPublish? _publish;

    public override string Name => "SignalR";

    public override string Setup => "`bench/peers/signalr`, Release build of the shared framework; JSON protocol over WebSockets without negotiation; viewers in one group, pinging every 15 s as its clients do; comments posted on a kept connection.";

    public override IReadOnlyList<Endpoint> Endpoints => [new Endpoint(Protocol.SignalR, _port, "/comments")];

    // {"type":1,"target":"comment","arguments":[ … ]} and the record separator
    public override int EnvelopeBytes => 48;

    public override async Task StartAsync()
    {
        const string Project = "LiveComments.Bench.Peers.SignalR";
        var service = Path.Combine(Repository.Root, "bench", "peers", "signalr", "bin", "Release", "net10.0", $"{Project}.dll");
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");
        _publish = new HttpPublish(new Uri($"{address}/publish"));
        var process = Start("SignalR", "dotnet", [service], new Dictionary<string, string> { ["ASPNETCORE_URLS"] = address, ["ASPNETCORE_ENVIRONMENT"] = "Production" }, Path.GetDirectoryName(service)!);
        await process.UntilAnswersAsync(_publish.Client, $"{address}/health");
    }

    public override Task PublishAsync(byte[] comment) => _publish!.SendAsync(comment);

    public override ValueTask DisposeAsync()
    {
        _publish?.Dispose();
        return base.DisposeAsync();
    }
}
