using System.Text.Json;
using LiveComments.BrowserTests.Page;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>The broadcaster's page at the real system, and both kinds of page for everyone.</summary>
public sealed class Broadcasting(RunningSystem system, PageFixture fixture) : IClassFixture<RunningSystem>, IClassFixture<PageFixture>
{
    // What is counted lies in Postgres, and the page looks again every ten seconds.
    private const float PatienceMs = 30_000;

    [Fact]
    public async Task A_broadcaster_names_moderators_unpins_and_sees_figures_of_the_stream_live_and_ended()
    {
        using var stream = await HostedStream.BeginAsync(system, "Figures", ["what a wonderful evening"]);
        await RunningSystem.PostAcceptedAsync(stream.Host, stream.Id, "good evening");
        (await stream.Host.PutAsync($"/api/streams/{stream.Id}/moderation/comments/{stream.Comments[0].Id}/pin", null)).EnsureSuccessStatusCode();
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"{stream.Address}/broadcast");

        await Expect(desk.Page.Locator(".totals dd").First).ToHaveTextAsync("2", new() { Timeout = PatienceMs });
        await Expect(desk.Page.Locator(".totals dd").Nth(1)).ToHaveTextAsync("2");
        await Expect(desk.Page.Locator(".chart canvas")).ToHaveCountAsync(6);
        // Something is drawn, in the page's own colours, and told to who doesn't see it.
        Assert.True(await desk.Page.Locator(".chart canvas").First.EvaluateAsync<bool>("canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)"));
        await Expect(desk.Page.GetByRole(AriaRole.Img, new() { NameString = "Comments per minute: Comments" })).ToBeVisibleAsync();
        await desk.Page.GetByText("As a table").First.ClickAsync();
        await Expect(desk.Page.Locator(".chart tbody tr").First).ToBeVisibleAsync();
        var levels = desk.Page.GetByRole(AriaRole.Region, new() { Name = "How soon viewers see it" });
        await Expect(levels.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync(["Written to viewers", "Painted by pages", "Removals told"]);
        await Expect(levels).ToContainTextAsync("Nothing had to be repaired.");
        // On a phone its words keep to the screen; only the figures slide.
        await desk.Page.SetViewportSizeAsync(390, 844);
        await levels.ScrollIntoViewIfNeededAsync();
        Assert.True(await levels.EvaluateAsync<bool>("panel => panel.scrollWidth <= panel.clientWidth"));
        await desk.PictureAsync("broadcast-levels-390");
        await desk.Page.SetViewportSizeAsync(1280, 720);
        await levels.ScrollIntoViewIfNeededAsync();
        await desk.PictureAsync("broadcast-levels");
        await desk.PictureAsync("broadcast", fullPage: true);

        await desk.GoToAsync("Settings");
        await Expect(desk.Page.GetByRole(AriaRole.Region, new() { Name = "Pinned comment" })).ToContainTextAsync("wonderful");
        await desk.Button("Unpin").ClickAsync();
        await Expect(desk.Page.GetByText("Nothing is pinned")).ToBeVisibleAsync();

        await desk.GoToAsync("Moderators");
        await desk.Page.GetByLabel("User id").FillAsync("dev-grace");
        await desk.Keyboard.PressAsync("Enter");
        await Expect(desk.Page.Locator("[data-moderator='dev-grace']")).ToBeVisibleAsync();
        await desk.Button("Remove dev-grace").ClickAsync();
        await Expect(desk.Page.GetByText("Nobody but you.")).ToBeVisibleAsync();
        await desk.Keyboard.PressAsync("Escape");
        await desk.Button("Undo").ClickAsync();
        await Expect(desk.Page.Locator("[data-moderator='dev-grace']")).ToBeVisibleAsync();

        await desk.GoToAsync("Settings");
        await desk.Button("End the stream").ClickAsync();
        await desk.Button("Really end it?").ClickAsync();
        await Expect(desk.Told).ToHaveTextAsync("The stream has ended.");
        await desk.Page.ReloadAsync();
        await Expect(desk.Page.Locator(".totals dd").First).ToHaveTextAsync("2", new() { Timeout = PatienceMs });
        await Expect(desk.Page.GetByText("Live: looks again")).ToHaveCountAsync(0);
        Assert.Empty(desk.Viewer.Faults);
    }

    [Fact]
    public async Task The_console_is_reached_and_worked_by_keys_alone()
    {
        using var stream = await HostedStream.BeginAsync(system, "Keys", ["one", "two", "three"]);
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"{stream.Address}/moderation");
        await Expect(desk.Rows).ToHaveCountAsync(3);
        await Expect(desk.Tab("Live")).ToBeVisibleAsync();
        for (var press = 0; press < 12 && !await desk.Tab("Live").EvaluateAsync<bool>("tab => tab === document.activeElement"); press++)
            await desk.Keyboard.PressAsync("Tab");
        await Expect(desk.Tab("Live")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("Tab");
        await Expect(desk.Row("three")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("ArrowUp");
        await Expect(desk.Row("two")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("d");
        await Expect(desk.Row("two")).ToHaveCountAsync(0);
        await Expect(desk.Row("three")).ToBeFocusedAsync();
        // What comes meanwhile moves nothing under the keys, and is told.
        await RunningSystem.PostAcceptedAsync(stream.Ada, stream.Id, "four");
        await Expect(desk.Button("1 new comment")).ToBeVisibleAsync();
        await Expect(desk.Row("three")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("End");
        await Expect(desk.Row("four")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("Shift+Tab");
        await desk.Keyboard.PressAsync("ArrowRight");
        await Expect(desk.Tab("Queue")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("End");
        await Expect(desk.Tab("Audit")).ToBeFocusedAsync();
        await Expect(desk.Page.Locator("[data-act='comment.delete']")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        Assert.Empty(desk.Viewer.Faults);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280, false)]
    [InlineData(ColorScheme.Dark, 390, false)]
    [InlineData(ColorScheme.Light, 390, true)]
    public async Task Axe_finds_nothing_to_object_to_and_nothing_is_wider_than_the_window(ColorScheme scheme, int width, bool isRtl)
    {
        using var stream = await HostedStream.BeginAsync(system, "For everyone", ["hello there", "مرحبا بالجميع", new string('w', 300)]);
        using var rules = await stream.Host.PutAsync($"/api/streams/{stream.Id}/moderation/rules", new StringContent(
            """{"words":[{"word":"maybe","action":"hold"}],"patterns":[{"pattern":"b.d","action":"hold"}],"links":{"action":"hold","allowed":["example.org"]},"duplicates":{"action":"hold","perUser":3},"scores":{}}""",
            System.Text.Encoding.UTF8, "application/json"));
        rules.EnsureSuccessStatusCode();
        await RunningSystem.PostAcceptedAsync(stream.Ada, stream.Id, "maybe later");
        (await stream.Host.PutAsync($"/api/streams/{stream.Id}/moderation/sanctions/mute/dev-mallory", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        var look = $"{scheme}-{width}{(isRtl ? "-rtl" : "")}".ToLowerInvariant();
        // The checker is a script of its own: the page's policy would not let it in.
        var options = new BrowserNewContextOptions { ColorScheme = scheme, BypassCSP = true, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = width, Height = 800 } };
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"{stream.Address}/moderation", options: options);
        await Expect(desk.Rows).ToHaveCountAsync(3);
        await TurnAsync();
        await desk.Rows.First.FocusAsync();
        await LookAsync("live");
        foreach (var tab in (string[])["Queue", "Reports", "Settings", "Rules", "Bans", "Audit"])
        {
            await desk.GoToAsync(tab);
            await Expect(desk.Page.GetByRole(AriaRole.Tabpanel, new() { Name = tab }).GetByText("Fetching")).ToHaveCountAsync(0);
            if (tab == "Queue")
            {
                await Expect(desk.Page.GetByText("maybe later")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
                await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Review", Exact = true }).ClickAsync();
                await Expect(desk.Claims).ToHaveCountAsync(1, new() { Timeout = PatienceMs });
            }

            await LookAsync(tab.ToLowerInvariant());
        }

        await desk.GoToAsync("Bans");
        await desk.Button("Ban or mute …").ClickAsync();
        await LookAsync("dialog");
        await using (var admin = await Desk.OpenAsync(system, fixture, "root", "moderation", Roles.Admin, options))
        {
            await Expect(admin.Page.GetByText("maybe later").First).ToBeVisibleAsync(new() { Timeout = PatienceMs });
            await TurnAsync(admin);
            await LookAsync("all-queue", admin);
        }

        await desk.Page.GotoAsync($"{system.Client.BaseAddress}streams/{stream.Id}/broadcast");
        await Expect(desk.Page.Locator(".chart canvas")).ToHaveCountAsync(6, new() { Timeout = PatienceMs });
        await TurnAsync();
        await desk.Page.GetByText("As a table").First.ClickAsync();
        await LookAsync("analytics");
        await desk.Page.GotoAsync($"{system.Client.BaseAddress}streams/{stream.Id}");
        await desk.Viewer.Button("Moderate").ClickAsync();
        await Expect(desk.Rows).ToHaveCountAsync(3);
        await TurnAsync();
        await LookAsync("panel");

        // As a translation into Arabic or Hebrew would.
        Task TurnAsync(Desk? at = null) => isRtl ? (at ?? desk).Page.EvaluateAsync("document.documentElement.dir = 'rtl'") : Task.CompletedTask;

        async Task LookAsync(string state, Desk? at = null)
        {
            var (shown, page) = (at ?? desk, (at ?? desk).Page);
            await shown.PictureAsync($"{state}-{look}");
            await page.AddScriptTagAsync(new() { Path = Path.Combine(Repository.Root, "web", "node_modules", "axe-core", "axe.min.js") });
            var found = JsonSerializer.Deserialize<string[]>(await page.EvaluateAsync<string>(
                "async () => JSON.stringify((await axe.run(document)).violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).slice(0, 3).join(' ')}`))"))!;
            Assert.True(found.Length == 0, $"{state}:\n{string.Join('\n', found)}");
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{state} is wider than the window.");
        }
    }
}
