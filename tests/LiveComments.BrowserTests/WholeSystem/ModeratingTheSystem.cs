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

    [Fact]
    public async Task Two_moderators_at_once_never_hold_the_same_comment_and_both_see_what_is_decided()
    {
        using var host = await system.ClientOfAsync("host");
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(host, "Two at the queue");
        (await host.PutAsync($"/api/streams/{stream.Id}/moderation/moderators/dev-grace", null)).EnsureSuccessStatusCode();
        await PutRulesAsync(host, stream.Id, new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] });
        for (var number = 1; number <= 6; number++)
            Assert.Equal(HeldStatus.Held, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"maybe number {number}")).Status);

        await using var viewer = await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}streams/{stream.Id}");
        await using var grace = await Desk.OpenAsync(system, fixture, "grace", $"streams/{stream.Id}/moderation");
        await using var linus = await Desk.OpenAsync(system, fixture, "linus", $"streams/{stream.Id}/moderation", Roles.Moderator);
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
        await Expect(grace.Page.GetByText("Looked at by dev-linus")).ToHaveCountAsync(3, new() { Timeout = PatienceMs });
        await grace.Page.ScreenshotAsync(new() { Path = Picture("queue") });

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
        var own = await ada.GetFromJsonAsync($"/api/streams/{stream.Id}/comments/held", ContractsJson.Default.HeldComments);
        Assert.Equal("Not here, please.", Assert.Single(own!.Comments, one => one.Status == HeldStatus.Rejected).Note);
        Assert.Empty(grace.Viewer.Faults.Concat(linus.Viewer.Faults));
    }

    [Fact]
    public async Task Beside_the_player_one_key_takes_a_comment_away_or_bans_its_author_and_another_takes_that_back()
    {
        using var host = await system.ClientOfAsync("host");
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(host, "Beside the player");
        foreach (var text in (string[])["stays", "goes", "hidden for a while"])
            await RunningSystem.PostAcceptedAsync(ada, stream.Id, text);
        await using var viewer = await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}streams/{stream.Id}");
        await Expect(viewer.Texts).ToHaveCountAsync(3);
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"streams/{stream.Id}");

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
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(ada, stream.Id, "can I?"));
        await desk.Page.ScreenshotAsync(new() { Path = Picture("panel") });
        await desk.Keyboard.PressAsync("z");
        await Expect(desk.Told).ToHaveTextAsync("Taken back.");
        Assert.Equal(HttpStatusCode.Created, await PostAsync(ada, stream.Id, "I can again"));

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
        using var host = await system.ClientOfAsync("host");
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(host, "Rules");
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"streams/{stream.Id}/moderation");
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
        await desk.Page.ScreenshotAsync(new() { Path = Picture("rules") });
        Assert.Equal(HttpStatusCode.Created, await PostAsync(ada, stream.Id, "rubbish"));

        await second.FillAsync("call me");
        await save.ClickAsync();
        await Expect(desk.Told).ToHaveTextAsync("The rules are in force.");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(ada, stream.Id, "R U B B I S H"));

        // Draft rules are tried on what was said, and change nothing.
        await desk.Page.GetByLabel("Hold for review", new() { Exact = true }).First.FillAsync("rubbish*");
        await refuse.FillAsync("");
        await desk.Button("Try on the past").ClickAsync();
        await Expect(desk.Page.Locator(".dry-run-outcome [role=status]")).ToContainTextAsync("1 comment looked at", new() { Timeout = PatienceMs });
        await Expect(desk.Page.Locator("[data-changed]")).ToHaveCountAsync(1);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(ada, stream.Id, "rubbish"));
        Assert.Empty(desk.Viewer.Faults);
    }

    [Fact]
    public async Task Settings_hold_at_once_and_are_taken_back_with_one_press_and_reports_are_decided()
    {
        using var host = await system.ClientOfAsync("host");
        using var ada = await system.ClientOfAsync("ada");
        using var grace = await system.ClientOfAsync("grace");
        var stream = await RunningSystem.NewStreamAsync(host, "Settings");
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "buy my book");
        await using var desk = await Desk.OpenAsync(system, fixture, "host", $"streams/{stream.Id}/moderation");
        await desk.GoToAsync("Settings");
        await desk.Page.GetByRole(AriaRole.Switch, new() { Name = "Comments off" }).ClickAsync();
        await Expect(desk.Told).ToContainTextAsync("Changed");
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(ada, stream.Id, "is it off?"));
        await desk.Button("Undo").ClickAsync();
        await Expect(desk.Told).ToHaveTextAsync("Taken back.");
        Assert.Equal(HttpStatusCode.Created, await PostAsync(ada, stream.Id, "on again"));
        await desk.Page.GetByLabel("Slow mode").SelectOptionAsync("60");
        await Expect(desk.Told).ToContainTextAsync("Changed");
        Assert.Equal(HttpStatusCode.TooManyRequests, await PostAsync(ada, stream.Id, "too soon"));

        using var report = await grace.PostAsJsonAsync(
            $"/api/streams/{stream.Id}/comments/{comment.Id}/reports", new ReportRequest(ReportReasons.Spam, "twice a day"), ContractsJson.Default.ReportRequest);
        Assert.True(report.IsSuccessStatusCode, report.StatusCode.ToString());
        await desk.GoToAsync("Reports");
        var reported = desk.Page.Locator($"[data-reported='{comment.Id}']");
        await Expect(reported).ToContainTextAsync("1 report: Spam (1)", new() { Timeout = PatienceMs });
        await reported.GetByText("Who reported it").ClickAsync();
        await Expect(reported).ToContainTextAsync("twice a day");
        await reported.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(reported).ToHaveCountAsync(0, new() { Timeout = PatienceMs });
        Assert.Empty(desk.Viewer.Faults);
    }

    [Fact]
    public async Task Who_may_not_moderate_is_told_so_and_admins_have_a_page_for_all_streams()
    {
        using var host = await system.ClientOfAsync("host");
        var stream = await RunningSystem.NewStreamAsync(host, "For admins");
        await using var nobody = await Desk.OpenAsync(system, fixture, "nobody", $"streams/{stream.Id}/moderation");
        await Expect(nobody.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("You don’t moderate this stream");

        // By the form that Development has.
        await using var admin = new Desk(await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}moderation"));
        await admin.Page.GetByLabel("Your name").FillAsync("Root");
        await admin.Keyboard.PressAsync("Enter");
        await Expect(admin.Page.GetByText("For admins", new() { Exact = true })).ToBeVisibleAsync();
        await admin.GoToAsync("Bans");
        await admin.Button("Ban or mute …").ClickAsync();
        await admin.Page.GetByLabel("User id").FillAsync("dev-mallory");
        await admin.Keyboard.PressAsync("Enter");
        await Expect(admin.Page.Locator("[data-sanction='ban dev-mallory']")).ToBeVisibleAsync();
        using var mallory = await system.ClientOfAsync("mallory");
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(mallory, stream.Id, "me too"));
        Assert.Empty(nobody.Viewer.Faults.Concat(admin.Viewer.Faults));
    }

    private static async Task PutRulesAsync(HttpClient client, string streamId, ModerationRules rules)
    {
        using var answer = await client.PutAsJsonAsync($"/api/streams/{streamId}/moderation/rules", rules, ContractsJson.Default.ModerationRules);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string streamId, string content)
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment(content));
        return answer.StatusCode;
    }

    private static async Task<string[]> TextsAsync(Desk desk) => [.. await desk.Claims.Locator(".content").AllInnerTextsAsync()];

    private static string Picture(string state) => Path.Combine(Repository.Root, "artifacts", "screenshots", $"moderation-{state}.png");
}
