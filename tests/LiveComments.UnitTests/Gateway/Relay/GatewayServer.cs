using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LiveComments.Gateway.Relay;
using LiveComments.Gateway.Routing;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LiveComments.UnitTests.Gateway.Relay;

/// <summary>The gateway's routing in a real web server, before one node.</summary>
sealed class GatewayServer : IAsyncDisposable
{
    public const string Path = "/live/streams/s/events";

    private readonly WebApplication _app;
    private readonly MeterListener _meters = new();
    private readonly IPEndPoint _address;
    private long _relayed;
    private long _everRelayed;
    private long _overTrunks;

    private GatewayServer(WebApplication app, ManualTimeProvider clock)
    {
        (_app, Clock) = (app, clock);
        _address = IPEndPoint.Parse(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority);
    }

    public ManualTimeProvider Clock { get; }

    public string Authority => _address.ToString();

    /// <summary>Streams that are passed on as bytes.</summary>
    public long Relayed => Interlocked.Read(ref _relayed);

    /// <summary>Those of them that come over trunks.</summary>
    public long OverTrunks => Interlocked.Read(ref _overTrunks);

    public long EverRelayed => Interlocked.Read(ref _everRelayed);

    /// <param name="raw">Whether streams may be relayed as bytes; else YARP passes them on, which is the oracle.</param>
    /// <param name="node">Where it is.</param>
    /// <param name="trunks">Whether streams may come over trunks.</param>
    /// <param name="clock">The node's, if it has the same.</param>
    /// <param name="apis">Where Api is, if not there as well.</param>
    public static async Task<GatewayServer> StartAsync(bool raw, string node, bool trunks = false, ManualTimeProvider? clock = null, params IReadOnlyList<string> apis)
    {
        clock ??= new ManualTimeProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Configuration["Gateway:RawStreams"] = raw ? "true" : "false";
        builder.Configuration["Gateway:Trunks"] = trunks ? "true" : "false";
        foreach (var (index, api) in (apis.Count == 0 ? [node] : apis).Index())
            builder.Configuration[string.Create(CultureInfo.InvariantCulture, $"services:api:http:{index}")] = api;
        builder.Configuration["services:fanout-1:http:0"] = node;
        builder.Services.AddMetrics();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        builder.AddRouting();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Response.Headers["X-Gateway"] = "here";
            return next(context);
        });
        app.MapRouting();
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        await app.StartAsync();
        var server = new GatewayServer(app, clock);
        server._meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "livecomments.relay.streams" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        server._meters.SetMeasurementEventCallback<long>((_, change, tags, _) =>
        {
            if (tags.Length > 0 && tags[0].Value is "trunk")
                Interlocked.Add(ref server._overTrunks, change);
            Interlocked.Add(ref server._relayed, change);
            Interlocked.Add(ref server._everRelayed, Math.Max(change, 0));
        });
        server._meters.Start();
        return server;
    }

    public async Task<Socket> ConnectAsync(int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(_address);
        return socket;
    }

    /// <summary>A viewer that has got its answer's head.</summary>
    public async Task<WireViewer> WatchAsync(string headers = "", string after = "", int? receiveBuffer = null, string path = Path) =>
        await WireViewer.StartAsync(await ConnectAsync(receiveBuffer), headers: headers, requestLine: $"GET {path} HTTP/1.1", after: after);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        await _app.DisposeAsync();
    }
}
