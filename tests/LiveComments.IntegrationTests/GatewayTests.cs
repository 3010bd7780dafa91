using System.Globalization;
using System.Net;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>A gateway of its own before two Fanout nodes: which node it chooses, and how a viewer gets there.</summary>
public sealed class GatewayTests
{
    private const string AllowedOrigin = "https://video.example";

    [Fact]
    public async Task In_redirect_mode_a_viewer_is_sent_to_its_node_and_reads_there()
    {
        await using var system = await GatewaySystem.StartAsync(("Gateway__StreamMode", "Redirect"));
        var stream = await system.NewStreamAsync();

        using var once = await system.Direct.GetAsync(new Uri($"/live/streams/{stream}/events?cursor=1-1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var again = await system.Direct.GetAsync(new Uri($"/live/streams/{stream}/events?cursor=1-1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, once.StatusCode);
        Assert.Equal(once.Headers.Location, again.Headers.Location);
        Assert.Contains(once.Headers.Location!.GetLeftPart(UriPartial.Authority), system.Nodes.Select(node => node.Address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal($"/live/streams/{stream}/events?cursor=1-1", once.Headers.Location.PathAndQuery);
        Assert.True(once.Headers.CacheControl!.NoStore);

        using var followed = await system.Following.GetAsync(new Uri($"/live/streams/{stream}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", followed.Content.Headers.ContentType!.MediaType);
        Assert.Equal(once.Headers.Location.Authority, followed.RequestMessage!.RequestUri!.Authority);
        // The page may go there, too.
        using var page = await system.Direct.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Contains(once.Headers.Location.GetLeftPart(UriPartial.Authority), page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_redirect_mode_everything_else_still_goes_through_the_gateway()
    {
        await using var system = await GatewaySystem.StartAsync(("Gateway__StreamMode", "Redirect"));
        var stream = await system.NewStreamAsync();
        using var comments = await system.Direct.GetAsync(new Uri($"/api/streams/{stream}/comments", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, comments.StatusCode);
        // A WebSocket follows no redirect.
        using var upgrade = new HttpRequestMessage(HttpMethod.Get, $"/live/streams/{stream}/ws");
        upgrade.Headers.Connection.Add("Upgrade");
        upgrade.Headers.Upgrade.ParseAdd("websocket");
        using var answer = await system.Direct.SendAsync(upgrade, HttpCompletionOption.ResponseHeadersRead);
        Assert.NotEqual(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
    }

    [Fact]
    public async Task A_viral_stream_spreads_over_the_nodes_when_one_has_more_than_its_share()
    {
        const int SpillAbove = 4;
        const int Viewers = 12;
        await using var system = await GatewaySystem.StartAsync(("Gateway__SpillAbove", SpillAbove.ToString(CultureInfo.InvariantCulture)));
        var stream = await system.NewStreamAsync();
        var viewers = new List<HttpResponseMessage>();
        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            viewers.Add(await system.Direct.GetAsync(new Uri($"/live/streams/{stream}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead));
            viewers[^1].EnsureSuccessStatusCode();
            if (viewer < SpillAbove)
                await Eventually.UntilAsync("the first viewers are all on one node", async () => (await system.ViewersAsync()).Max() == viewers.Count);
        }

        await Eventually.UntilAsync("the rest has spread, and nobody has more than its share", async () =>
            await system.ViewersAsync() is var counts && counts.Sum() == Viewers && counts.Max() <= Math.Ceiling(1.25 * Viewers / 2) + 1 && counts.Min() > 0);
        viewers.ForEach(viewer => viewer.Dispose());
        await Eventually.UntilAsync("the nodes have seen them go", async () => (await system.ViewersAsync()).Sum() == 0);
    }

    [Fact]
    public async Task Whom_a_dead_node_does_not_take_the_next_one_takes_at_once()
    {
        await using var system = await GatewaySystem.StartAsync();
        var streams = new List<string>();
        for (var stream = 0; stream < 8; stream++)
            streams.Add(await system.NewStreamAsync());
        await system.Nodes[0].KillAsync();
        foreach (var stream in streams)
        {
            using var answer = await system.Direct.GetAsync(new Uri($"/live/streams/{stream}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.True(answer.Headers.Contains("X-Content-Type-Options"));
        }

        // With none left it is told what is wrong.
        await system.Nodes[1].KillAsync();
        using var refused = await system.Direct.GetAsync(new Uri($"/live/streams/{streams[0]}/events", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
    }

    [Fact]
    public async Task Pages_of_other_origins_may_read_only_when_they_are_on_the_list()
    {
        await using var system = await GatewaySystem.StartAsync(("Cors__AllowedOrigins__0", AllowedOrigin));
        var stream = await system.NewStreamAsync();
        Assert.Equal(AllowedOrigin, await AllowedAsync(system, $"/api/streams/{stream}/comments", AllowedOrigin));
        Assert.Equal(AllowedOrigin, await AllowedAsync(system, $"/live/streams/{stream}/events", AllowedOrigin));
        Assert.Null(await AllowedAsync(system, $"/api/streams/{stream}/comments", "https://evil.example"));

        using var preflight = new HttpRequestMessage(HttpMethod.Options, $"/api/streams/{stream}/comments");
        preflight.Headers.Add("Origin", AllowedOrigin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,idempotency-key");
        using var answer = await system.Direct.SendAsync(preflight);
        Assert.Equal(AllowedOrigin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("Gateway__StreamMode", "Teleport")]
    [InlineData("Gateway__SpillAbove", "0")]
    [InlineData("Gateway__MaxConnections", "0")]
    [InlineData("Gateway__PublicAddresses__fanout-1", "ftp://node")]
    [InlineData("Gateway__NodeSilence", "00:00:01")]
    [InlineData("Cors__AllowedOrigins__0", "*")]
    [InlineData("Cors__AllowedOrigins__0", "https://video.example/")]
    public async Task A_wrong_setting_is_named_at_the_start(string name, string value)
    {
        await using var gateway = new ServiceProcess("LiveComments.Gateway", new Dictionary<string, string>
        {
            ["services__api__http__0"] = "http://127.0.0.1:1",
            ["services__fanout-1__http__0"] = "http://127.0.0.1:1",
            [name] = value,
        });
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(gateway.StartAsync);
        Assert.Contains(name.Split("__")[1], fault.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> AllowedAsync(GatewaySystem system, string path, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", origin);
        using var answer = await system.Direct.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
    }
}
