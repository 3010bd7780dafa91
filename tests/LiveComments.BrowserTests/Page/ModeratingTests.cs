using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>Reports by viewers, and what moderators do without leaving the conversation.</summary>
public sealed class ModeratingTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_comment_is_reported_with_a_reason_and_a_note_by_who_has_joined()
    {
        var id = _server.Add("grace", "buy my coins");
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(viewer.Page.GetByLabel("Your name")).ToBeVisibleAsync();
        await ChooseAsync(viewer, "buy my coins", "Report");
        await Expect(viewer.Page.GetByText("Join to report a comment.")).ToBeVisibleAsync();
        await viewer.JoinAsync("Ada");

        await ChooseAsync(viewer, "buy my coins", "Report");
        var dialog = viewer.Page.GetByRole(AriaRole.Dialog, new() { Name = "Report this comment" });
        await Expect(dialog).ToContainTextAsync("buy my coins");
        var send = dialog.GetByRole(AriaRole.Button, new() { Name = "Report" });
        await send.ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Choose what is wrong with it.");
        await dialog.GetByLabel("Spam or advertising").CheckAsync();
        await dialog.GetByLabel("What moderators should know").FillAsync("the third time");
        // The comment leaves the list meanwhile; the form stays.
        _server.AddMany(600, number => ("linus", $"busy {number}"));
        await Expect(viewer.Comment("buy my coins")).ToHaveCountAsync(0);
        await send.ClickAsync();
        await Expect(viewer.Page.GetByText("The moderators will look at it.")).ToBeVisibleAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.Equal((id, "spam", "the third time"), Assert.Single(_server.Reports));
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task A_moderator_pins_highlights_and_deletes_in_place_and_a_viewer_is_offered_none_of_it()
    {
        _server.Moderators.Add("ada");
        _server.Add("grace", "the tide table");
        _server.Add("linus", "well said");
        _server.Add("mallory", "something vile");
        await using var moderator = await JoinAsync("Ada");
        await using var viewer = await JoinAsync("Bob");
        await viewer.PressAtAsync(viewer.Comment("something vile"), "More");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitem)).ToHaveTextAsync(["Report"]);
        await viewer.Page.Keyboard.PressAsync("Escape");

        await ChooseAsync(moderator, "the tide table", "Pin");
        await ChooseAsync(moderator, "well said", "Highlight");
        await ChooseAsync(moderator, "something vile", "Delete for everybody");
        await moderator.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Really delete it?" }).ClickAsync();
        foreach (var one in new[] { moderator, viewer })
        {
            await Expect(one.Texts).ToHaveTextAsync(["the tide table", "well said"]);
            await Expect(one.Page.GetByRole(AriaRole.Complementary, new() { Name = "Pinned" })).ToContainTextAsync("the tide table");
            await Expect(one.Comment("well said").Locator(".tag")).ToHaveTextAsync(["Highlighted"]);
        }

        await Expect(viewer.Button("Unpin")).ToHaveCountAsync(0);
        await moderator.Button("Unpin").ClickAsync();
        await ChooseAsync(moderator, "well said", "Highlight no longer");
        foreach (var one in new[] { moderator, viewer })
        {
            await Expect(one.Page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);
            await Expect(one.Page.Locator(".tag")).ToHaveCountAsync(0);
            Assert.Empty(one.Faults);
        }
    }

    [Fact]
    public async Task A_moderator_mutes_and_bans_with_a_reason_and_for_as_long_as_chosen_but_never_the_host()
    {
        _server.Moderators.Add("ada");
        _server.Add("host", "welcome all");
        _server.Add("mallory", "something vile");
        await using var moderator = await JoinAsync("Ada");
        await moderator.PressAtAsync(moderator.Comment("welcome all"), "More");
        await Expect(moderator.Page.GetByRole(AriaRole.Menuitem)).ToHaveTextAsync(["Report", "Pin", "Highlight", "Delete for everybody"]);
        await moderator.Page.Keyboard.PressAsync("Escape");

        await ChooseAsync(moderator, "something vile", "Mute …");
        var mute = moderator.Page.GetByRole(AriaRole.Dialog, new() { Name = "Mute mallory" });
        await mute.GetByRole(AriaRole.Button, new() { Name = "Mute" }).ClickAsync();
        await Expect(mute).ToHaveCountAsync(0);
        await Expect(moderator.Comment("something vile")).ToHaveCountAsync(1);

        await ChooseAsync(moderator, "something vile", "Mute silently …");
        await Expect(moderator.Page.GetByRole(AriaRole.Dialog, new() { Name = "Mute silently mallory" })).ToBeVisibleAsync();
        await moderator.Page.Keyboard.PressAsync("Escape");
        await Expect(moderator.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await ChooseAsync(moderator, "something vile", "Ban …");
        var ban = moderator.Page.GetByRole(AriaRole.Dialog, new() { Name = "Ban mallory" });
        await ban.GetByLabel("For how long?").SelectOptionAsync("1 week");
        await ban.GetByLabel("Reason, for them to read").FillAsync("Rule 3.");
        await moderator.Page.Keyboard.PressAsync("Enter");
        await Expect(moderator.Page.GetByText("is banned.")).ToBeVisibleAsync();
        await Expect(moderator.Comment("something vile")).ToHaveCountAsync(0);
        Assert.Equal(["mute mallory 600", "ban mallory 604800 Rule 3."], _server.Acts);
        Assert.Empty(moderator.Faults);
    }

    [Fact]
    public async Task What_was_pinned_before_somebody_came_is_on_top_when_they_come()
    {
        _server.Mark(_server.Add("grace", "the rules of this chat"), isPinned: true);
        _server.AddMany(200, number => ("linus", $"busy {number}"));
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(viewer.Page.GetByRole(AriaRole.Complementary, new() { Name = "Pinned" })).ToContainTextAsync("the rules of this chat");
    }

    [Fact]
    public async Task A_held_comment_waits_in_sight_over_a_reload_and_its_author_hears_what_became_of_it()
    {
        await using var viewer = await JoinAsync("Ada");
        _server.HoldsPosts = true;
        await viewer.SendAsync("is this fine?");
        await viewer.SendAsync("and this?");
        await Expect(viewer.OwnPosts.Locator(".post-status")).ToHaveTextAsync(["Waits for a moderator", "Waits for a moderator"]);
        await Expect(viewer.Comments).ToHaveCountAsync(0);
        _server.Decide("is this fine?", "rejected", "Not here, please.");
        _server.Decide("and this?", "approved");
        await viewer.Page.ReloadAsync();
        await Expect(viewer.OwnPosts.Locator(".post-status")).ToHaveTextAsync(["Not accepted: Not here, please."]);
        await viewer.Button("Remove").ClickAsync();
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
    }

    private static async Task ChooseAsync(Viewer viewer, string comment, string item)
    {
        await viewer.PressAtAsync(viewer.Comment(comment), "More");
        await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = item, Exact = true }).ClickAsync();
    }

    private async Task<Viewer> JoinAsync(string name)
    {
        var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync(name);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        return viewer;
    }
}
