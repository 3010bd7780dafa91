using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>Two Fanout nodes over a real write path; shared by the tests that leave them running.</summary>
public sealed class LiveNodes : IAsyncLifetime
{
    /// <summary>A page of this origin may open a WebSocket.</summary>
    public const string AllowedOrigin = "https://allowed.example";

    private WritePath? _path;
    private ServiceProcess[] _nodes = [];
    private NatsConnection? _nats;
    private ServiceProcess? _gateway;

    /// <summary>Where viewers go.</summary>
    public IReadOnlyList<ServiceProcess> Nodes => _nodes;

    /// <summary>Before the first of them.</summary>
    public ServiceProcess Gateway => _gateway ?? throw new InvalidOperationException("Not started.");

    internal WritePath Path => _path ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _path = await WritePath.StartAsync();
        // One writes to viewers the fast way, one the simple way: whoever watches must not be able to tell.
        _nodes = [NewNode(), NewNode(directWrites: false)];
        await Task.WhenAll(_nodes.Select(node => node.StartAsync()));
        _gateway = NewGateway([_nodes[0]]);
        await _gateway.StartAsync();
        _nats = new NatsConnection(new NatsOpts { Url = _path.Nats.Url });
    }

    public async Task DisposeAsync()
    {
        if (_nats is not null)
            await _nats.DisposeAsync();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_path is not null)
            await _path.DisposeAsync();
    }

    /// <summary>One more node, for a test that ends it.</summary>
    public ServiceProcess NewNode(int? maxCommentsPerSecond = null, bool figures = false, string heartbeat = "00:00:01", bool directWrites = true, string? natsUrl = null, string pace = "00:00:00.100", params (string Name, string Value)[] settings) =>
        new("LiveComments.Fanout", EnvironmentOf(maxCommentsPerSecond, figures, heartbeat, directWrites, natsUrl, pace).Concat(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).ToDictionary());

    /// <summary>A gateway before those nodes.</summary>
    public ServiceProcess NewGateway(IReadOnlyList<ServiceProcess> behind, params (string Name, string Value)[] settings) => new(
        "LiveComments.Gateway",
        behind.Select((node, index) => KeyValuePair.Create($"services__fanout-{index + 1}__http__0", node.Address.ToString()))
            .Append(KeyValuePair.Create("services__api__http__0", Path.Apis[0].Address.ToString()))
            .Concat(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).ToDictionary());

    private Dictionary<string, string> EnvironmentOf(int? maxCommentsPerSecond, bool figures, string heartbeat, bool directWrites, string? natsUrl, string pace) => new()
    {
        ["ConnectionStrings__nats"] = natsUrl ?? Path.Nats.Url,
        ["services__api__http__0"] = Path.Apis[0].Address.ToString(),
        ["Auth__SigningKey"] = WritePath.SigningKey,
        // As short as it may be, so that a test sees one soon.
        ["Live__Heartbeat"] = heartbeat,
        ["Live__AllowedOrigins__0"] = AllowedOrigin,
        ["Batching__Under1000"] = pace,
        ["Fanout__DirectWrites"] = directWrites ? "true" : "false",
        // Only the tests of sampling are to meet it.
        ["Rooms__MaxCommentsPerSecond"] = (maxCommentsPerSecond ?? 10_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        // Nor are figures, which come when they please.
        ["Figures__Viewers"] = figures.ToString(),
        ["Figures__Comments"] = figures.ToString(),
        // However busy the machine is, tests say what comes next.
        ["Degradation__Enabled"] = "false",
    };

    public Task<HttpClient> ClientOfAsync(string username) => Path.ClientOfAsync(username);

    public async Task<string> TokenOfAsync(string username)
    {
        using var client = await ClientOfAsync(username);
        return client.DefaultRequestHeaders.Authorization!.Parameter!;
    }

    /// <summary>A new stream, and a client of its creator.</summary>
    public async Task<(string StreamId, HttpClient Author)> NewStreamAsync()
    {
        var author = await ClientOfAsync("ada");
        return ((await RunningSystem.NewStreamAsync(author)).Id, author);
    }

    /// <summary>Entries straight into the log, as Api would write them: thousands in a moment. Returns the last one's sequence.</summary>
    public async Task<ulong> AppendAsync(string streamId, IEnumerable<Comment> comments)
    {
        var all = comments.ToList();
        var subject = LogSubjects.Append(0, 1, streamId);
        foreach (var comment in all.SkipLast(1))
            await _nats!.PublishAsync(subject, Body(comment), Headers());
        // They are stored in the order in which they came, so the last one speaks for all.
        return (await new NatsJSContext(_nats!).PublishAsync(subject, Body(all[^1]), headers: Headers())).Seq;

        static byte[] Body(Comment comment) => JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment);
        static NatsHeaders Headers() => new() { [LogHeaders.EventType] = LogEventTypes.CommentPosted };
    }

    /// <summary>One entry straight into the log.</summary>
    public async Task AppendAsync<T>(string streamId, string eventType, T body, JsonTypeInfo<T> type) =>
        await new NatsJSContext(_nats!).PublishAsync(
            LogSubjects.Append(0, 1, streamId), JsonSerializer.SerializeToUtf8Bytes(body, type), headers: new NatsHeaders { [LogHeaders.EventType] = eventType });

    /// <summary>What another node would say about its viewers.</summary>
    public async Task AnnounceAsync(PresenceAnnouncement announcement)
    {
        await _nats!.PublishAsync(PresenceSubjects.Of(0, announcement.NodeId), JsonSerializer.SerializeToUtf8Bytes(announcement, PresenceJson.Default.PresenceAnnouncement));
        await _nats.PingAsync();
    }

    /// <summary>What nodes would get if the log had lost everything between the two sequences.</summary>
    public async Task RepublishAsync(string streamId, ulong previous, ulong sequence)
    {
        var headers = new NatsHeaders
        {
            [LogHeaders.EventType] = LogEventTypes.CommentPosted,
            [LogHeaders.Sequence] = $"{sequence}",
            [LogHeaders.LastSequence] = $"{previous}",
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(CommentOf(streamId, (long)sequence, "after the gap"), ContractsJson.Wire.Comment);
        await _nats!.PublishAsync(LogSubjects.Live(0, 1, streamId), body, headers);
        await _nats.PingAsync();
    }

    /// <summary>Comments of different ids are a second apart, unless said otherwise: no stream is fast by them.</summary>
    public static Comment CommentOf(string streamId, long id, string content, long? createdAt = null, string userId = "somebody") =>
        new() { Id = $"{id}", StreamId = streamId, UserId = userId, Username = userId, Content = content, CreatedAt = createdAt ?? id * 1000, ReceivedAt = 1 };

    /// <summary>Deletes the author's own comment.</summary>
    public static async Task DeleteAsync(HttpClient author, Comment comment)
    {
        using var answer = await author.DeleteAsync(new Uri($"/api/streams/{comment.StreamId}/comments/{comment.Id}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What a node counts under that name and those labels, by its page of metrics.</summary>
    public static async Task<double> MetricAsync(ServiceProcess node, string name, params string[] labels)
    {
        using var client = new HttpClient { BaseAddress = node.Address };
        var page = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return page.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && labels.All(label => line.Contains($"\"{label}\"", StringComparison.Ordinal)))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}

[CollectionDefinition(Name)]
public sealed class LiveNodesCollection : ICollectionFixture<LiveNodes>
{
    public const string Name = "live nodes";
}
