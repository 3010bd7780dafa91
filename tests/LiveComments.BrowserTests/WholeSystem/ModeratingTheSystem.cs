using System.Net;
using System.Net.Http.Json;
using LiveComments.BrowserTests.Page;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>Moderators' pages in real browsers at the real system.</summary>
public sealed class ModeratingTheSystem(RunningSystem system, PageFixture fixture) : IClassFixture<RunningSystem>, IClassFixture<PageFixture>
{
    // The queue is looked at again every two seconds.
    private const float PatienceMs = 15_000;

    private static readonly ModerationRules HoldsMaybe = new() { Words = [new("maybe", ModerationActions.Hold)] };

    [Fact]
    public async Task Two_moderators_at_once_never_hold_the_same_comment_and_both_see_what_is_decided()
    {
        using var stream = await HostedStream.BeginAsync(system, "Two at the queue", [.. Enumerable.Range(1, 6).Select(number => $"maybe number {number}")], HoldsMaybe);
        Assert.All(stream.Comments, comment => Assert.Equal(HeldStatus.Held, comment.Status));
        (await stream.Host.PutAsync($"/api/streams/{stream.Id}/moderation/moderators/dev-grace", null)).EnsureSuccessStatusCode();

        await using var viewer = await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}{stream.Address}");
        await using var grace = await Desk.OpenAsync(system, fixture, "grace", $"{stream.Address}/moderation");
        await using var linus = await Desk.OpenAsync(system, fixture, "linus", $"{stream.Address}/moderation", Roles.Moderator);
        Desk[] both = [grace, linus];
        foreach (var desk in both)
        {
            await desk.GoToAsync("Queue");
            await Expect(desk.Page.GetByText("6 comments wait.")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        }

        await Task.WhenAll(both.Select(desk => desk.Page.GetByRole(AriaRole.Button, new() { Name = "Review", Exact = true }).ClickAsync()));
        foreach (var desk in both)
            await Expect(desk.Claims).ToHaveCountAsync(3, new() { Timeout = PatienceMs });
        var (hers, his) = (await TextsAsync(grace), await TextsAsync(linus));
        Assert.Equal(6, hers.Concat(his).Distinct().Count());
        await Expect(grace.Page.GetByText("Looked at by linus")).ToHaveCountAsync(3, new() { Timeout = PatienceMs });
        await grace.PictureAsync("queue");

        // By keys alone: the first that was taken has the focus, then the next.
        await Expect(grace.Claims.First).ToBeFocusedAsync();
        await grace.Keyboard.PressAsync("a");
        await Expect(viewer.Texts).ToHaveTextAsync([hers[0]]);
        await Expect(grace.Claims).ToHaveCountAsync(2);
        await Expect(grace.Claims.First).ToBeFocusedAsync();
        await grace.Keyboard.PressAsync("Shift+R");
        await grace.Page.GetByLabel("A word to its author").FillAsync("Not here, please.");
        await grace.Keyboard.PressAsync("Enter");
        await Expect(grace.Told).ToContainTextAsync("Rejected");
        await Expect(grace.Claims).ToHaveCountAsync(1);
        for (var left = 2; left >= 0; left--)
        {
            await Expect(linus.Claims.First).ToBeFocusedAsync();
            await linus.Keyboard.PressAsync("a");
            await Expect(linus.Claims).ToHaveCountAsync(left, new() { Timeout = PatienceMs });
        }

        await grace.Claims.First.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        string[] shown = [hers[0], .. his, hers[2]];
        foreach (var desk in both)
        {
            await Expect(desk.Page.GetByText("Nothing waits.")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
            await desk.GoToAsync("Live");
            await Expect(desk.Rows.Locator(".content")).ToHaveTextAsync(shown);
        }

        await Expect(viewer.Texts).ToHaveTextAsync(shown);
        var own = await stream.Ada.GetFromJsonAsync($"/api/streams/{stream.Id}/comments/held", ContractsJson.Default.HeldComments);
        Assert.Equal("Not here, please.", Assert.Single(own!.Comments, one => one.Status == HeldStatus.Rejected).Note);
        Assert.Empty(grace.Viewer.Faults.Concat(linus.Viewer.Faults));
    }

    [Fact]
    public async Task Beside_the_player_one_key_takes_a_comment_away_or_bans_its_author_and_another_takes_that_back()
    {
        using var stream = await HostedStream.BeginAsync(system, "Beside the player", ["stays", "goes", "hidden for a while"]);
        await using var viewer = await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}{stream.Address}");
        await Expect(viewer.Texts).ToHaveCountAsync(3);
        await using var desk = await Desk.OpenAsync(system, fixture, "host", stream.Address);

        // Nobody leaves the page for it; nobody else is offered it.
        await Expect(viewer.Button("Moderate")).ToHaveCountAsync(0);
        await desk.Viewer.Button("Moderate").PressAsync("Enter");
        await Expect(desk.Tab("Live")).ToBeFocusedAsync();
        await Expect(desk.Rows).ToHaveCountAsync(3);
        await desk.Keyboard.PressAsync("Tab");
        await Expect(desk.Row("hidden for a while")).ToBeFocusedAsync();

        // What can come back does.
        await desk.Keyboard.PressAsync("h");
        await Expect(viewer.Comment("hidden for a while")).ToHaveCountAsync(0);
        await Expect(desk.Told).ToHaveTextAsync("Hid ada’s comment.");
        await desk.Keyboard.PressAsync("z");
        await Expect(viewer.Comment("hidden for a while")).ToHaveCountAsync(1);

        await desk.Row("goes").FocusAsync();
        await desk.Keyboard.PressAsync("d");
        await Expect(viewer.Comment("goes")).ToHaveCountAsync(0);
        await Expect(desk.Row("goes")).ToHaveCountAsync(0);

        await desk.Row("stays").FocusAsync();
        await desk.Keyboard.PressAsync("p");
        await Expect(viewer.Page.Locator(".pinned")).ToContainTextAsync("stays");
        await desk.Keyboard.PressAsync("b");
        await Expect(desk.Told).ToHaveTextAsync("ada is banned here.");
        Assert.Equal(HttpStatusCode.Forbidden, await stream.PostAsync("can I?"));
        await desk.PictureAsync("panel");
        await desk.Keyboard.PressAsync("z");
        await Expect(desk.Told).ToHaveTextAsync("Taken back.");
        Assert.Equal(HttpStatusCode.Created, await stream.PostAsync("I can again"));

        // With a reason and an end; seen in the list of bans, and lifted there.
        await desk.Row("stays").FocusAsync();
        await desk.Keyboard.PressAsync("s");
        await desk.Page.GetByRole(AriaRole.Dialog).Locator("select").First.SelectOptionAsync("mute");
        await desk.Page.GetByLabel("For how long").SelectOptionAsync("3600");
        await desk.Page.GetByLabel("Why").FillAsync("too loud");
        await desk.Keyboard.PressAsync("Enter");
        await desk.GoToAsync("Bans");
        var muted = desk.Page.Locator("[data-sanction='mute dev-ada']");
        await Expect(muted).ToContainTextAsync("too loud");
        await muted.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(muted).ToHaveCountAsync(0);

        // All of it stands in the audit, and can be looked for.
        await desk.GoToAsync("Audit");
        await Expect(desk.Page.Locator("[data-act='user.ban']")).ToHaveCountAsync(1, new() { Timeout = PatienceMs });
        await desk.Page.GetByLabel("What was done").SelectOptionAsync("comment.delete");
        await Expect(desk.Page.Locator("[data-act]")).ToHaveCountAsync(1);
        await Expect(desk.Page.Locator("[data-act]")).ToContainTextAsync("goes");
        var saved = await desk.Page.RunAndWaitForDownloadAsync(() => desk.Button("Save all as CSV").ClickAsync());
        Assert.Contains("too loud", await File.ReadAllTextAsync(await saved.PathAsync()), StringComparison.Ordinal);

        await desk.Keyboard.PressAsync("Escape");
        await Expect(desk.Page.Locator(".moderation-panel")).ToHaveCountAsync(0);
        Assert.Empty(desk.Viewer.Faults);
    }

    [Fact]
    public async Task Rules_that_the_service_refuses_are_marked_where_they_are_wrong_and_others_hold_at_once()
    {
        using var stream = await HostedStream.BeginAsync(system, "Rules");
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"{stream.Address}/moderation");
        await desk.GoToAsync("Rules");
        var refuse = desk.Page.GetByLabel("Refuse", new() { Exact = true });
        await refuse.FillAsync("rubbish\n!!!\n");
        await desk.Button("Add a pattern").ClickAsync();
        await desk.Button("Add a pattern").ClickAsync();
        await desk.Page.GetByLabel("Pattern 1", new() { Exact = true }).FillAsync("buy .* now");
        var second = desk.Page.GetByLabel("Pattern 2", new() { Exact = true });
        await second.FillAsync(@"(a)\1");
        var save = desk.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true });

        await save.ClickAsync();
        await Expect(refuse).ToBeFocusedAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("words[1] has neither letters nor digits");
        Assert.Equal("!!!", await refuse.EvaluateAsync<string>("area => area.value.slice(area.selectionStart, area.selectionEnd)"));
        await refuse.FillAsync("rubbish");
        await save.ClickAsync();
        await Expect(second).ToBeFocusedAsync();
        await Expect(second).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(desk.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("too costly");
        await desk.PictureAsync("rules");
        Assert.Equal(HttpStatusCode.Created, await stream.PostAsync("rubbish"));

        await second.FillAsync("call me");
        await save.ClickAsync();
        await Expect(desk.Told).ToHaveTextAsync("The rules are in force.");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await stream.PostAsync("R U B B I S H"));

        // Draft rules are tried on what was said, and change nothing.
        await desk.Page.GetByLabel("Hold for review", new() { Exact = true }).First.FillAsync("rubbish*");
        await refuse.FillAsync("");
        await desk.Button("Try on the past").ClickAsync();
        await Expect(desk.Page.Locator(".dry-run-outcome [role=status]")).ToContainTextAsync("1 comment looked at", new() { Timeout = PatienceMs });
        await Expect(desk.Page.Locator("[data-changed]")).ToHaveCountAsync(1);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await stream.PostAsync("rubbish"));
        Assert.Empty(desk.Viewer.Faults);
    }

    [Fact]
    public async Task Settings_hold_at_once_and_are_taken_back_with_one_press_and_reports_are_decided()
    {
        using var stream = await HostedStream.BeginAsync(system, "Settings");
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"{stream.Address}/moderation");
        await desk.GoToAsync("Settings");
        await desk.Page.GetByRole(AriaRole.Switch, new() { Name = "Comments off" }).ClickAsync();
        await Expect(desk.Told).ToContainTextAsync("Changed");
        Assert.Equal(HttpStatusCode.Conflict, await stream.PostAsync("is it off?"));
        await desk.Button("Undo").ClickAsync();
        await Expect(desk.Told).ToHaveTextAsync("Taken back.");
        Assert.Equal(HttpStatusCode.Created, await stream.PostAsync("on again"));
        await desk.Page.GetByLabel("Slow mode").SelectOptionAsync("60");
        await Expect(desk.Told).ToContainTextAsync("Changed");
        Assert.Equal(HttpStatusCode.TooManyRequests, await stream.PostAsync("too soon"));
        Assert.Empty(desk.Viewer.Faults);
    }

    [Fact]
    public async Task What_a_viewer_reports_by_the_form_is_found_in_the_moderator_s_console_and_decided_there()
    {
        using var stream = await HostedStream.BeginAsync(system, "Reports", ["buy my book"]);
        await using var viewer = await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}{stream.Address}");
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"{stream.Address}/moderation");
        await viewer.JoinAsync("Grace");
        await ReportAsync(viewer, "buy my book", "Spam or advertising", "twice a day");

        await desk.GoToAsync("Reports");
        var reported = desk.Page.Locator($"[data-reported='{stream.Comments[0].Id}']");
        await Expect(reported).ToContainTextAsync("1 report: Spam (1)", new() { Timeout = PatienceMs });
        await reported.GetByText("Who reported it").ClickAsync();
        await Expect(reported.Locator(".said")).ToContainTextAsync("Spam: twice a day");
        await Expect(reported.Locator(".said .author")).ToHaveAttributeAsync("title", "dev-grace");
        await reported.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(desk.Told).ToContainTextAsync("for good");
        await Expect(reported).ToHaveCountAsync(0, new() { Timeout = PatienceMs });
        await Expect(viewer.Comment("buy my book")).ToHaveCountAsync(0);
        Assert.Empty(desk.Viewer.Faults.Concat(viewer.Faults));
    }

    [Fact]
    public async Task An_admin_works_through_what_waits_on_all_streams_from_one_page()
    {
        using var harbour = await HostedStream.BeginAsync(system, "Harbour", ["maybe at the harbour"], HoldsMaybe);
        using var mountains = await HostedStream.BeginAsync(system, "Mountains", ["a view of the valley", "maybe in the mountains"], HoldsMaybe);
        await using var viewer = await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}{mountains.Address}");
        await viewer.JoinAsync("Grace");
        await ReportAsync(viewer, "a view of the valley", "Something else", "the wrong valley");
        await using var admin = await Desk.OpenAsync(system, fixture, "root", "moderation", Roles.Admin);

        // Oldest first, each with its stream.
        await Expect(admin.Page.GetByText("2 comments wait.")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        await Expect(admin.Page.Locator(".review")).ToContainTextAsync(["maybe at the harbour", "maybe in the mountains"]);
        await Expect(admin.Page.Locator(".review .stream-of")).ToHaveTextAsync(["On Harbour", "On Mountains"]);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Review", Exact = true }).ClickAsync();
        await Expect(admin.Claims).ToHaveCountAsync(2, new() { Timeout = PatienceMs });
        await Expect(admin.Claims.First).ToBeFocusedAsync();
        await admin.PictureAsync("all-queue");

        // What one would rather leave to others is theirs, and not taken again.
        await admin.Keyboard.PressAsync("g");
        await Expect(admin.Told).ToHaveTextAsync("ada’s comment waits for somebody else.");
        await Expect(admin.Claims).ToHaveCountAsync(1);
        await Expect(admin.Claims.First).ToBeFocusedAsync();
        await Expect(admin.Claims.First).ToContainTextAsync("maybe in the mountains");
        await admin.Keyboard.PressAsync("a");
        await Expect(viewer.Texts).ToHaveTextAsync(["a view of the valley", "maybe in the mountains"]);
        await Expect(admin.Claims).ToHaveCountAsync(0);
        await using var host = await Desk.OpenAsync(system, fixture, "host", $"{harbour.Address}/moderation");
        await host.GoToAsync("Queue");
        await host.Page.GetByRole(AriaRole.Button, new() { Name = "Review", Exact = true }).ClickAsync();
        await Expect(host.Claims).ToContainTextAsync(["maybe at the harbour"], new() { Timeout = PatienceMs });
        await Expect(host.Page.Locator(".stream-of")).ToHaveCountAsync(0);
        await Expect(admin.Page.GetByText("Looked at by host")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        await host.Keyboard.PressAsync("r");
        await Expect(admin.Page.GetByText("Nothing waits.")).ToBeVisibleAsync(new() { Timeout = PatienceMs });

        await admin.GoToAsync("Reports");
        var reported = admin.Page.Locator($"[data-reported='{mountains.Comments[0].Id}']");
        await Expect(reported.Locator(".stream-of")).ToHaveTextAsync("On Mountains", new() { Timeout = PatienceMs });
        await admin.PictureAsync("all-reports");
        await reported.GetByRole(AriaRole.Button, new() { Name = "Hide" }).ClickAsync();
        await Expect(viewer.Comment("a view of the valley")).ToHaveCountAsync(0);
        await admin.Button("Undo").ClickAsync();
        await Expect(viewer.Comment("a view of the valley")).ToHaveCountAsync(1);
        await admin.GoToAsync("Queue");
        await Expect(admin.Page.GetByText("Nothing waits for a decision.")).ToBeVisibleAsync();
        Assert.Empty(admin.Viewer.Faults.Concat(viewer.Faults).Concat(host.Viewer.Faults));
    }

    [Fact]
    public async Task Who_may_not_moderate_is_told_so_and_admins_have_a_page_for_all_streams()
    {
        using var stream = await HostedStream.BeginAsync(system, "For admins");
        await using var nobody = await Desk.OpenAsync(system, fixture, "nobody", $"{stream.Address}/moderation");
        await Expect(nobody.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("You don’t moderate this stream");

        // By the form that Development has.
        await using var admin = new Desk(await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}moderation"));
        await admin.Page.GetByLabel("Your name").FillAsync("Root");
        await admin.Keyboard.PressAsync("Enter");
        await Expect(admin.Tab("Queue")).ToHaveAttributeAsync("aria-selected", "true");
        await admin.GoToAsync("Streams");
        await Expect(admin.Page.GetByText("For admins", new() { Exact = true })).ToBeVisibleAsync();
        await admin.GoToAsync("Bans");
        await admin.Button("Ban or mute …").ClickAsync();
        await admin.Page.GetByLabel("User id").FillAsync("dev-mallory");
        await admin.Keyboard.PressAsync("Enter");
        await Expect(admin.Page.Locator("[data-sanction='ban dev-mallory']")).ToBeVisibleAsync();
        using var mallory = await system.ClientOfAsync("mallory");
        using var refused = await RunningSystem.PostAsync(mallory, stream.Id, new PostComment("me too"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Empty(nobody.Viewer.Faults.Concat(admin.Viewer.Faults));
    }

    private static async Task ReportAsync(Viewer viewer, string comment, string reason, string note)
    {
        await viewer.PressAtAsync(viewer.Comment(comment), "More");
        await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Report" }).ClickAsync();
        var dialog = viewer.Page.GetByRole(AriaRole.Dialog, new() { Name = "Report this comment" });
        await dialog.GetByLabel(reason).CheckAsync();
        await dialog.GetByLabel("What moderators should know").FillAsync(note);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Report" }).ClickAsync();
        await Expect(viewer.Page.GetByText("The moderators will look at it.")).ToBeVisibleAsync();
    }

    private static async Task<string[]> TextsAsync(Desk desk) => [.. await desk.Claims.Locator(".content").AllInnerTextsAsync()];
}
