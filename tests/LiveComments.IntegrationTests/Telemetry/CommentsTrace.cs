using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using LiveComments.TestSupport.Otlp;

namespace LiveComments.IntegrationTests.Telemetry;

/// <summary>One comment's way, as a collector sees it.</summary>
[Collection(SeenCollection.Name)]
public sealed class CommentsTrace(SeenSystem system)
{
    // As in OTLP.
    private const int Server = 2;
    private const int Client = 3;
    private const int Producer = 4;
    private const int Consumer = 5;

    [Fact]
    public async Task One_trace_leads_from_the_post_to_the_viewers_and_the_database()
    {
        using var author = await system.ClientOfAsync("ada");
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        using var viewer = await EventStream.OpenAsync(author, stream);
        // As a page might begin one.
        const string TraceId = "0af7651916cd43dd8448eb211c80319c";
        const string PageSpan = "b7ad6b7169203331";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/streams/{stream}/comments") { Content = JsonContent.Create(new PostComment("Where did I go?"), ContractsJson.Default.PostComment) };
        request.Headers.Add("traceparent", $"00-{TraceId}-{PageSpan}-01");
        using var answer = await author.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        Assert.Equal("Where did I go?", (await viewer.NextCommentAsync("the comment")).Content);

        var gateway = await SpanAsync("the gateway's", span => span.TraceId == TraceId && span is { Service: "gateway", Kind: Server });
        Assert.Equal(PageSpan, gateway.ParentId);
        var forwarding = await SpanAsync("the gateway's to Api", span => span.ParentId == gateway.SpanId && span.Kind == Client);
        var api = await SpanAsync("Api's", span => span.ParentId == forwarding.SpanId && span is { Service: "api", Kind: Server });
        Assert.Equal("POST /api/streams/{streamId}/comments", api.Name.TrimEnd('/'));
        var publish = await SpanAsync("the append", span => span.ParentId == api.SpanId && span.Kind == Producer);
        Assert.Equal("nats", publish.Attributes["messaging.system"]);
        Assert.Equal("publish", publish.Attributes["messaging.operation.name"]);
        Assert.Equal(stream, publish.Attributes["livecomments.stream.id"]);
        Assert.Equal("Stored", publish.Attributes["livecomments.append.outcome"]);
        var delivery = await SpanAsync("the delivery", span => span.ParentId == publish.SpanId && span is { Service: "fanout", Kind: Consumer });
        Assert.Equal("deliver live", delivery.Name);
        Assert.True(delivery.Start >= publish.Start && delivery.End > delivery.Start);
        var batch = await SpanAsync("the persister's batch", span => span.Links.Contains((TraceId, publish.SpanId)));
        Assert.Equal("process log", batch.Name);
        Assert.Equal("", batch.ParentId);
        Assert.NotEqual(TraceId, batch.TraceId);
        // The database's own spans, below the batch's.
        await SpanAsync("a command to Postgres", span => span.ParentId == batch.SpanId && span.Attributes.Keys.Any(key => key.StartsWith("db.", StringComparison.Ordinal)));

        // However many watch, a connection is no span.
        Assert.DoesNotContain(system.Collector.Spans, span => span.Attributes.GetValueOrDefault("url.path")?.StartsWith("/live/", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_post_over_a_websocket_is_a_trace_of_its_own()
    {
        using var author = await system.ClientOfAsync("bob");
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        await using var socket = await SocketClient.OpenAsync(system.Fanout.Address, $"/live/streams/{stream}/ws", author.DefaultRequestHeaders.Authorization!.Parameter);
        await socket.PostAsync(stream, "By socket", "trace-by-socket");

        var post = await SpanAsync("the socket's", span => span is { Service: "fanout", Name: "post_comment", Kind: Server });
        Assert.Equal("", post.ParentId);
        var append = await SpanAsync("the append", span => span.TraceId == post.TraceId && span.Kind == Producer);
        Assert.Equal("api", append.Service);
    }

    [Fact]
    public async Task Logs_say_which_trace_they_belong_to()
    {
        using var author = await system.ClientOfAsync("carol");
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        await RunningSystem.PostAcceptedAsync(author, stream, "Said once");

        var post = await SpanAsync("Api's", span => span is { Service: "api", Kind: Server } && span.Attributes["url.path"] == $"/api/streams/{stream}/comments");
        var line = await Eventually.GetAsync("a line of that request", () => Task.FromResult(system.Collector.Logs.FirstOrDefault(log => log.Service == "api" && log.TraceId == post.TraceId)));
        Assert.Contains(system.Collector.Spans, span => span.SpanId == line.SpanId);
    }

    private Task<ExportedSpan> SpanAsync(string what, Func<ExportedSpan, bool> isIt) =>
        Eventually.GetAsync($"{what} span; there are {string.Join(", ", system.Collector.Spans.Select(span => $"{span.Service}:{span.Name}").Distinct())}", () => Task.FromResult(system.Collector.Spans.FirstOrDefault(isIt)));
}
