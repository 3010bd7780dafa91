using System.Globalization;
using System.Text.Json;
using LiveComments.Bench.Fanout.Publishing;
using LiveComments.Bench.Fanout.Viewers;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>How viewers reach our Fanout.</summary>
enum Way
{
    /// <summary>Straight, as from a proxy of the operator's own.</summary>
    Direct,

    /// <summary>Through our Gateway, which passes every byte on.</summary>
    Gateway,

    /// <summary>Through our Gateway, which sends viewers to the node.</summary>
    Redirect,
}

/// <summary>Ours: nats-server with the log, Fanout nodes, and a Gateway if asked for. Comments are appended to the log as Api does it.</summary>
/// <param name="way">How viewers reach it.</param>
/// <param name="protocol">What they speak.</param>
/// <param name="nodes">Fanout nodes, filled with viewers in turn.</param>
/// <param name="environment">Given to each of them.</param>
/// <param name="load">Comments a second that come by themselves; then what is published are removals of the oldest of them.</param>
sealed class LiveTarget(Way way, Protocol protocol, int nodes, IReadOnlyDictionary<string, string> environment, int load = 0) : Target
{
    private const int Shard = 0;
    private const int Epoch = 1;

    private readonly NatsServer _nats = new();
    private readonly int[] _ports = [.. Enumerable.Range(0, nodes).Select(_ => ServerProcess.FreePort())];
    private readonly int _gatewayPort = ServerProcess.FreePort();
    private readonly HttpClient _client = new();
    private NatsConnection? _connection;
    private NatsJSContext? _log;
    private readonly Queue<ulong> _removable = new();
    private readonly CancellationTokenSource _end = new();
    private Task _loading = Task.CompletedTask;

    public override string Name => $"Live Comments{(protocol == Protocol.WebSocket ? ", WebSocket" : "")}{way switch { Way.Gateway => ", through the gateway", Way.Redirect => ", redirected by the gateway", _ => "" }}{(nodes > 1 ? $", {nodes} nodes" : "")}";

    public override string Setup =>
        $"Release build; {(protocol == Protocol.Sse ? "server-sent events over HTTP/1.1" : "WebSocket, text messages")}; fed by nats-server, whose CPU counts as ours{(load > 0 ? $"; what is counted and timed are removals, of comments that come beside them at {load}/s, from the moment Api would append them" : "")}{(environment.Count > 0 ? $"; {string.Join(", ", environment.Select(pair => $"{pair.Key}={pair.Value}"))}" : "")}.";

    public override IReadOnlyList<Endpoint> Endpoints
    {
        get
        {
            var path = $"/live/streams/{CommentMaker.StreamId}/{(protocol == Protocol.Sse ? "events" : "ws")}";
            return way == Way.Direct ? [.. _ports.Select(port => new Endpoint(protocol, port, path))] : [new Endpoint(protocol, _gatewayPort, path)];
        }
    }

    // id: 1-1234\nevent: comments_batch\ndata: {"type":"comments_batch","payload":{"streamId":"bench","comments":[ … ],
    // "isBackfill":false,"cursor":"1-1234","previousCursor":"1-1233","omitted":0}}\n\n; a WebSocket message has the data alone.
    public override int EnvelopeBytes => protocol == Protocol.Sse ? 187 : 146;

    public override IEnumerable<(string Name, int Id)> Processes => [.. base.Processes, ("nats-server", _nats.ProcessId)];

    public override async Task StartAsync()
    {
        await _nats.StartAsync();
        _connection = new NatsConnection(new NatsOpts { Url = _nats.Url });
        _log = new NatsJSContext(_connection);
        await MakeLogAsync();
        if (load > 0)
            _loading = LoadAsync();
        for (var index = 0; index < nodes; index++)
            await StartServiceAsync(nodes == 1 ? "Fanout" : $"Fanout {index + 1}", "LiveComments.Fanout", _ports[index], environment);
        if (way == Way.Direct)
            return;
        var addresses = new Dictionary<string, string>
        {
            // Nobody posts through it here.
            ["services__api__http__0"] = $"http://127.0.0.1:{_gatewayPort}",
            ["Gateway__StreamMode"] = way == Way.Redirect ? "Redirect" : "Proxy",
        };
        for (var index = 0; index < nodes; index++)
            addresses[$"services__fanout-{index + 1}__http__0"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[index]}");
        await StartServiceAsync("Gateway", "LiveComments.Gateway", _gatewayPort, addresses);
    }

    public override async Task PublishAsync(byte[] comment)
    {
        if (load == 0)
        {
            await AppendAsync(LogEventTypes.CommentPosted, comment);
            return;
        }

        ulong removed;
        lock (_removable)
            removed = _removable.Dequeue();
        await AppendAsync(LogEventTypes.CommentDeleted, comment, removes: new Cursor(Epoch, removed));
    }

    private async Task LoadAsync()
    {
        // What is said beside; nothing in it is a stamp.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / load), TimeProvider.System);
        for (var number = 1L; await timer.WaitForNextTickAsync(_end.Token); number++)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var comment = new Comment
            {
                Id = (8_000_000_000_000_000_000 + number).ToString(CultureInfo.InvariantCulture),
                StreamId = CommentMaker.StreamId,
                UserId = "u-2",
                Username = "grace",
                Content = "that was a great shot, right?! I have never seen one like it",
                CreatedAt = now,
                ReceivedAt = now,
            };
            var sequence = await AppendAsync(LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment));
            lock (_removable)
                _removable.Enqueue(sequence);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        _client.Dispose();
        await base.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
        await _nats.DisposeAsync();
    }

    /// <summary>As Api sets it up.</summary>
    private async Task MakeLogAsync()
    {
        await _log!.CreateOrUpdateStreamAsync(new StreamConfig
        {
            Name = LogSubjects.StreamName(Shard, Epoch),
            Subjects = [LogSubjects.AllOf(Shard, Epoch), LogSubjects.AllControlOf(Shard, Epoch)],
            Storage = StreamConfigStorage.File,
            Discard = StreamConfigDiscard.New,
            AllowDirect = true,
            DenyDelete = true,
            DenyPurge = true,
            Republish = new Republish { Src = LogSubjects.AllOf(Shard, Epoch), Dest = LogSubjects.AllLiveOf(Shard, Epoch) },
        });
        var stream = new LiveStream
        {
            Id = CommentMaker.StreamId,
            Title = "Benchmark",
            CreatorId = "u-1",
            Status = StreamStatus.Live,
            StartedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await AppendAsync(LogEventTypes.StreamCreated, JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream));
    }

    private async Task<ulong> AppendAsync(string type, byte[] body, Cursor? removes = null)
    {
        // 128 bits in hexadecimal, as message ids and request hashes are.
        var hash = Guid.NewGuid().ToString("N");
        var headers = new NatsHeaders { [LogHeaders.EventType] = type, [LogHeaders.RequestHash] = hash };
        if (removes is { } cursor)
            headers[LogHeaders.Removes] = cursor.ToString();
        var answer = await _log!.PublishAsync(LogSubjects.Append(Shard, Epoch, CommentMaker.StreamId), body, opts: new NatsJSPubOpts { MsgId = hash }, headers: headers);
        answer.EnsureSuccess();
        return answer.Seq;
    }

    private async Task StartServiceAsync(string name, string project, int port, IReadOnlyDictionary<string, string> settings)
    {
        var service = Path.Combine(Repository.Root, project, "bin", "Release", "net10.0", $"{project}.dll");
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var process = Start(name, "dotnet", [service], new Dictionary<string, string>(settings)
        {
            ["ASPNETCORE_URLS"] = address,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            // The others send all there is, however late: so does this one.
            ["Degradation__Enabled"] = "false",
            ["Auth__SigningKey"] = "a-key-that-only-this-benchmark-signs-with",
            ["ConnectionStrings__nats"] = _nats.Url,
            // All viewers come from a few addresses of this machine.
            ["Live__MaxPerAddress"] = "1000000",
        }, Path.GetDirectoryName(service)!);
        await process.UntilAnswersAsync(_client, $"{address}/health");
    }
}
