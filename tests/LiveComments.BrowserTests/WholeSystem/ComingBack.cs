using LiveComments.BrowserTests.Page;
using LiveComments.Contracts;
using LiveComments.IntegrationTests;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>A real browser at real services, of which some go away: what comes back is whole, in order, and nothing twice.</summary>
public sealed class ComingBack(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    // So high that the whole list is drawn at once.
    private static readonly ViewportSize Tall = new() { Width = 1000, Height = 8000 };

    // A page tries again after up to 30 s, and then the gateway has to have noticed as well.
    private const float PatienceMs = 60_000;

    // Longer than a page waits between two attempts, and than the service waits for a line that says nothing.
    private static readonly TimeSpan Tunnel = TimeSpan.FromSeconds(30);

    private GatewaySystem? _system;

    private GatewaySystem Whole => _system ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _system = await GatewaySystem.StartAsync();

    public async Task DisposeAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
    }

    [Fact]
    public async Task Comments_written_offline_survive_half_a_minute_and_a_reload_and_come_once_each_in_order()
    {
        var stream = await Whole.NewStreamAsync();
        await using var other = await OpenAsync(stream);
        await using var viewer = await OpenAsync(stream);
        await viewer.JoinAsync("Ada");
        await viewer.SendAsync("before the tunnel");
        await Expect(other.Texts).ToHaveTextAsync(["before the tunnel"]);

        await Eventually.UntilAsync("the page is kept", () => viewer.Page.EvaluateAsync<bool>(
            "async () => (await caches.match('/')) !== undefined && (await caches.match(document.querySelector('script[src]').src)) !== undefined"));
        await viewer.Context.SetOfflineAsync(true);
        var since = TimeProvider.System.GetTimestamp();
        await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        foreach (var text in (string[])["one", "two", "three"])
        {
            await viewer.SendAsync(text);
            await Expect(viewer.OwnPosts.Filter(new() { HasText = text })).ToHaveCountAsync(1);
        }

        await OfflineForAsync(Tunnel / 2);
        await viewer.Page.ReloadAsync();
        await AssertQueuedAsync();
        await OfflineForAsync(Tunnel);
        await AssertQueuedAsync();
        await Expect(other.Texts).ToHaveTextAsync(["before the tunnel"]);

        await viewer.Context.SetOfflineAsync(false);
        string[] all = ["before the tunnel", "one", "two", "three"];
        await Expect(other.Texts).ToHaveTextAsync(all, new() { Timeout = PatienceMs });
        await Expect(viewer.Texts).ToHaveTextAsync(all, new() { Timeout = PatienceMs });
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        await Eventually.UntilAsync("Postgres has each once, in order", async () => (await Whole.Path.StoredAsync(stream)).Select(stored => stored.Content).SequenceEqual(all));
        Assert.Empty(other.Faults);

        Task OfflineForAsync(TimeSpan duration) =>
            Eventually.UntilAsync($"the page has been offline for {duration.TotalSeconds} s", () => TimeProvider.System.GetElapsedTime(since) >= duration, timeout: 2 * Tunnel);

        async Task AssertQueuedAsync()
        {
            await Expect(viewer.OwnPosts.Locator(".content")).ToHaveTextAsync(["one", "two", "three"]);
            await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        }
    }

    [Fact]
    public async Task When_the_viewer_s_node_is_killed_the_list_stays_whole_and_in_order()
    {
        var stream = await Whole.NewStreamAsync();
        using var ada = await Whole.Path.ClientOfAsync("ada");
        await using var viewer = await OpenAsync(stream);
        var expected = new List<string>();
        await PostAsync(20);
        await Expect(viewer.Texts).ToHaveTextAsync([.. expected]);

        var viewers = await Whole.ViewersAsync();
        var node = Whole.Nodes[Array.FindIndex(viewers, count => count > 0)];
        await node.KillAsync();
        await PostAsync(40);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected", new() { Timeout = PatienceMs });
        await Expect(viewer.Texts).ToHaveTextAsync([.. expected], new() { Timeout = PatienceMs });
        await PostAsync(1);
        await Expect(viewer.Texts).ToHaveTextAsync([.. expected]);
        await Expect(viewer.Page.GetByText("Comments were lost here")).ToHaveCountAsync(0);
        Assert.Empty(viewer.Faults);

        async Task PostAsync(int count)
        {
            for (var number = 0; number < count; number++)
            {
                var text = $"comment {expected.Count}.";
                using var answer = await RunningSystem.PostAsync(ada, stream, new PostComment(text));
                answer.EnsureSuccessStatusCode();
                expected.Add(text);
            }
        }
    }

    private Task<Viewer> OpenAsync(string stream) => OpenConnectedAsync(new Uri(Whole.Address, $"/streams/{stream}").ToString());

    private async Task<Viewer> OpenConnectedAsync(string address)
    {
        var viewer = await Viewer.OpenAsync(fixture, address, new() { ViewportSize = Tall });
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        return viewer;
    }
}
