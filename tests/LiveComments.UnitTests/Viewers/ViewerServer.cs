using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.Fanout.Transports.Trunks;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.ServiceLevels;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Gateway.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace LiveComments.UnitTests.Viewers;

/// <summary>The ways in which a node may write to its viewers.</summary>
public enum Way
{
    /// <summary>Through the web server's pipes: the oracle.</summary>
    Simple,

    /// <summary>By writer threads, over the web server's connections.</summary>
    Direct,

    /// <summary>By writer threads, over connections that the web server has forgotten.</summary>
    Detached,

    /// <summary>By writer threads to a gateway, over one connection for all.</summary>
    Trunk,
}

/// <summary>A real web server with one room, whose viewers are served as a node serves them; the test is the log.</summary>
sealed class ViewerServer : IAsyncDisposable
{
    public const string StreamId = "s";
    public const string Path = "/live/streams/s/events";
    public const string Moderator = "moderator";

    // Stands for a token that was found to be good.
    private const string UserHeader = "X-Test-User";

    // Tests post in no time at all; nothing of that is to be left out.
    private const int AllShown = 100_000;

    private readonly WebApplication _app;
    private readonly MeterListener _meters = new();
    private readonly IPEndPoint _address;
    private GatewayServer? _gateway;
    private readonly ConcurrentQueue<double> _latencies = new();
    private int _staying;
    private long _connections;

    private ViewerServer(WebApplication app, ManualTimeProvider clock)
    {
        (_app, Clock) = (app, clock);
        _address = IPEndPoint.Parse(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority);
    }

    public ManualTimeProvider Clock { get; }

    public Room Room { get; private set; } = null!;

    /// <summary>Who has not left the room.</summary>
    public int Staying => Volatile.Read(ref _staying);

    /// <summary>Connections that the web server knows of.</summary>
    public long WebServerConnections => Interlocked.Read(ref _connections);

    /// <summary>Seconds from acceptance to delivery, as far as they were measured.</summary>
    public IReadOnlyCollection<double> Latencies => _latencies;

    public ulong Sequence { get; private set; } = 1;

    /// <summary>In front of it; only with <see cref="Way.Trunk"/>.</summary>
    public GatewayServer Gateway => _gateway!;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <param name="way">How viewers are served.</param>
    /// <param name="more">Another way at the same room, on a port of its own.</param>
    /// <param name="maxConnections">How many it takes at once.</param>
    /// <param name="tls">With this certificate, HTTP/1.1 and HTTP/2 over TLS.</param>
    /// <param name="commentsPerSecond">Of a faster stream the rest is left out.</param>
    public static async Task<ViewerServer> StartAsync(Way way, ViewerServer? more = null, int? maxConnections = null, X509Certificate2? tls = null, int commentsPerSecond = AllShown)
    {
        var clock = more?.Clock ?? new ManualTimeProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls is not null)
                listen.UseHttps(tls);
        }));
        if (maxConnections is { } most)
            builder.Configuration["Fanout:MaxConnections"] = most.ToString(CultureInfo.InvariantCulture);
        builder.Configuration["Fanout:DirectWrites"] = (way != Way.Simple).ToString(CultureInfo.InvariantCulture);
        builder.Configuration["Fanout:DetachedConnections"] = (way is Way.Detached or Way.Trunk).ToString(CultureInfo.InvariantCulture);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<StreamLevels>();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        builder.AddTransports();
        var app = builder.Build();
        ViewerServer? server = null;
        app.MapGet(Path, context => server!.ServeAsync(context));
        app.MapTrunks();
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        await app.StartAsync();
        server = new ViewerServer(app, clock);
        if (way == Way.Trunk)
            server._gateway = await GatewayServer.StartAsync(raw: true, server.Address.ToString(), trunks: true, clock);
        server._meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "kestrel.active_connections" or DeliveryLatency.InstrumentName && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        server._meters.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref server._connections, change));
        server._meters.SetMeasurementEventCallback<double>((_, seconds, _, _) => server._latencies.Enqueue(seconds));
        server._meters.Start();
        server.Room = more?.Room ?? new Room(StreamId, 1, [Created(1)], pastIsWhole: true, clock, new RoomOptions { MaxCommentsPerSecond = commentsPerSecond });
        return server;
    }

    /// <summary>The next entry of the log is a comment of this text.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="author">Its author's id and name; a moderator's is never left out.</param>
    /// <param name="mentions">Whom it names.</param>
    public void Post(string text, string author = Moderator, params string[] mentions)
    {
        Sequence++;
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var comment = new Comment { Id = $"{Sequence}", StreamId = StreamId, UserId = author, Username = author, Content = text, Mentions = mentions, CreatedAt = now, ReceivedAt = now };
        var headers = author == Moderator ? new NatsHeaders { [LogHeaders.AuthorRole] = Roles.Moderator } : null;
        Room.Add(new LogEntry(StreamId, Sequence, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), headers));
    }

    /// <summary>The header by which a viewer is somebody here, whose token is good for so long.</summary>
    public string SignedIn(string name, TimeSpan validFor) =>
        string.Create(CultureInfo.InvariantCulture, $"{UserHeader}: {name} {(Clock.GetUtcNow() + validFor - Authentication.ClockSkew).ToUnixTimeSeconds()}\r\n");

    /// <summary>Lets what was posted go out.</summary>
    public void Flush() => Clock.Advance(BatchInterval.For(Room.ViewerCount));

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_gateway is null ? _address : IPEndPoint.Parse(_gateway.Authority));
        return socket;
    }

    /// <summary>To the node itself, whatever stands before it.</summary>
    public async Task<Socket> ConnectDirectlyAsync(int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(_address);
        return socket;
    }

    /// <summary>A viewer that has got its answer's head.</summary>
    public async Task<WireViewer> WatchAsync(string? cursor = null, string headers = "") =>
        await WireViewer.StartAsync(await ConnectAsync(), cursor, headers);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        Room.Dispose();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(Microsoft.AspNetCore.Http.HttpContext context)
    {
        Interlocked.Increment(ref _staying);
        string? userId = null;
        if (context.Request.Headers[UserHeader] is [{ } somebody] && somebody.Split(' ') is [var name, var expiry])
        {
            Room.Arrived(userId = name);
            context.User = TokenClaims.ToPrincipal(new User(name, name, name, null, Roles.User), long.Parse(expiry, CultureInfo.InvariantCulture), "test");
        }

        await context.RequestServices.GetRequiredService<SseServing>().ServeAsync(context, Room, new Stay(this, userId), Enter(context.Request.Headers["Last-Event-ID"]));
    }

    private Beginning Enter(string? text)
    {
        var entrance = Room.Enter();
        var catchup = Cursor.TryParse(text, out var cursor)
            ? new Catchup([.. entrance.Retained.Entries.Where(entry => entry.Sequence > cursor.Sequence)], cursor.Sequence, null)
            : new Catchup([.. entrance.Retained.Entries.Where(entry => entry.EventType == LogEventTypes.CommentPosted).TakeLast(Limits.BackfillComments)], null, null);
        return new Beginning(entrance.At, catchup);
    }

    private static LogEntry Created(ulong sequence) => new(StreamId, sequence, LogEventTypes.StreamCreated, "{\"id\":\"s\"}"u8.ToArray(), null);

    private sealed class Stay(ViewerServer server, string? userId) : IDisposable
    {
        public void Dispose()
        {
            if (userId is not null)
                server.Room.Left(userId);
            Interlocked.Decrement(ref server._staying);
        }
    }
}
