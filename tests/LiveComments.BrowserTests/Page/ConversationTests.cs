using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>What people do with comments besides reading and writing them.</summary>
public sealed class ConversationTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Replies_stand_in_the_list_with_what_they_answer_and_together_in_a_thread()
    {
        var question = _server.Add("ada", "is the frost normal?");
        _server.Add("grace", "something else");
        _server.Add("linus", "yes, liquid oxygen", new(ParentId: question));
        await using var viewer = await JoinAsync();
        await Expect(viewer.Comment("liquid oxygen").GetByRole(AriaRole.Button, new() { Name = "In reply to ada is the frost" })).ToBeVisibleAsync();

        await viewer.Comment("is the frost").GetByText("1 reply").ClickAsync();
        var thread = viewer.Page.Locator(".thread");
        await Expect(thread.Locator(".content")).ToHaveTextAsync(["is the frost normal?", "yes, liquid oxygen"]);
        await viewer.SendAsync("thank you!");
        await Expect(thread.Locator(".content")).ToHaveTextAsync(["is the frost normal?", "yes, liquid oxygen", "thank you!"]);
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        Assert.Equal(question, Assert.Single(_server.Posts).ParentId);
        _server.Add("grace", "here as well", new(ParentId: question));
        await Expect(thread.Locator(".content").Last).ToHaveTextAsync("here as well");

        await viewer.Page.GetByLabel("Back to the conversation").ClickAsync();
        await Expect(thread).ToHaveCountAsync(0);
        await Expect(viewer.Comment("is the frost").GetByText("3 replies")).ToBeVisibleAsync();
        await viewer.SendAsync("not a reply");
        await Expect(viewer.Texts.Last).ToHaveTextAsync("not a reply");
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        Assert.Null(_server.Posts.Last().ParentId);
    }

    [Fact]
    public async Task A_mention_is_completed_from_the_people_present_by_key_or_tap()
    {
        _server.Add("noor", "hello");
        _server.Add("nora.k", "hi", new(DisplayName: "Nora K."));
        _server.Add("ada", "good evening");
        await using var viewer = await JoinAsync("Linus");
        await viewer.Box.PressSequentiallyAsync("hey @no");
        var options = viewer.Page.GetByRole(AriaRole.Option);
        await Expect(options).ToHaveTextAsync([new Regex("Nora K\\.\\s*@nora\\.k"), new Regex("noor")]);
        await viewer.Page.Keyboard.PressAsync("ArrowDown");
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(viewer.Box).ToHaveValueAsync("hey @noor ");
        await viewer.Box.PressSequentiallyAsync("and @nor");
        await options.First.ClickAsync();
        await Expect(viewer.Box).ToHaveValueAsync("hey @noor and @nora.k ");
        await Expect(viewer.Box).ToBeFocusedAsync();
        Assert.Empty(_server.Posts);
    }

    [Fact]
    public async Task A_mention_of_me_stands_out_and_others_are_marked()
    {
        await using var viewer = await JoinAsync("Ada");
        _server.Add("grace", "welcome @Ada and @linus, not x@ada.org", new(Mentions: ["Ada", "linus"]));
        await Expect(viewer.Page.Locator(".comment[data-mentions-me]")).ToHaveCountAsync(1);
        await Expect(viewer.Page.Locator(".mention")).ToHaveTextAsync(["@Ada", "@linus"]);
        await Expect(viewer.Page.Locator(".mention[data-me]")).ToHaveTextAsync(["@Ada"]);
    }

    [Fact]
    public async Task Reactions_to_a_comment_are_set_taken_back_counted_and_their_people_shown()
    {
        var id = _server.Add("grace", "we have lift-off", new(Reactions: new() { ["love"] = 2 }));
        await using var viewer = await JoinAsync("Ada Lovelace");
        var comment = viewer.Comment("we have lift-off");
        await viewer.PressAtAsync(comment, "React");
        await viewer.Page.GetByRole(AriaRole.Menuitemcheckbox, new() { Name = "Wow" }).ClickAsync();
        await Expect(comment.GetByRole(AriaRole.Button, new() { Name = "Wow, 1" })).ToHaveAttributeAsync("aria-pressed", "true");
        await comment.GetByRole(AriaRole.Button, new() { Name = "Love, 2" }).ClickAsync();
        await Expect(comment.GetByRole(AriaRole.Button, new() { Name = "Love, 3" })).ToHaveAttributeAsync("aria-pressed", "true");

        await viewer.PressAtAsync(comment, "More");
        await viewer.Page.GetByText("See who reacted").ClickAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Listitem)).ToHaveTextAsync([new Regex("Ada Lovelace"), new Regex("Ada Lovelace")]);
        await viewer.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Wow" }).ClickAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await viewer.Page.Keyboard.PressAsync("Escape");
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await comment.GetByRole(AriaRole.Button, new() { Name = "Wow, 1" }).ClickAsync();
        await Expect(comment.GetByRole(AriaRole.Button, new() { Name = "Wow" })).ToHaveCountAsync(0);
        _server.Tell("comment_updated", new { streamId = "demo", commentId = id, reactionChanges = new { love = 4 } });
        await Expect(comment.GetByRole(AriaRole.Button, new() { Name = "Love, 7" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Reactions_to_the_stream_rise_and_are_counted_and_who_has_not_joined_is_led_to_it()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await viewer.Button("Love").ClickAsync();
        await Expect(viewer.Page.GetByText("Join to react.")).ToBeVisibleAsync();
        await Expect(viewer.Page.GetByLabel("Your name")).ToBeFocusedAsync();
        await viewer.JoinAsync("Ada");
        await viewer.Button("Love").ClickAsync();
        await Expect(viewer.Page.Locator(".floating-reactions span")).Not.ToHaveCountAsync(0);
        await Expect(viewer.Button("Love, 1")).ToBeVisibleAsync();
        Assert.Equal(["love"], _server.Taps);
        _server.Tell("reactions_batch", new { streamId = "demo", counts = new { wow = 2000 }, timestamp = 0 });
        await Expect(viewer.Button("Wow, 2,000")).ToBeVisibleAsync();
        // Rising ones are a picture, not a flood of elements.
        Assert.InRange(await viewer.Page.Locator(".floating-reactions span").CountAsync(), 1, 36);
    }

    [Fact]
    public async Task Pinned_highlighted_paid_and_the_host_s_are_told_apart()
    {
        _server.Add("grace", "the tide table: high at 14:20, low at 20:41", new(Kind: "pinned"));
        _server.Add("ada", "for the crew", new(Kind: "paid"));
        _server.Add("host", "welcome all", new(Kind: "highlighted"));
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(viewer.Page.GetByRole(AriaRole.Complementary, new() { Name = "Pinned" })).ToContainTextAsync("the tide table");
        await Expect(viewer.Comment("for the crew").Locator(".tag")).ToHaveTextAsync(["Paid"]);
        await Expect(viewer.Comment("welcome all").Locator(".tag")).ToHaveTextAsync(["Host", "Highlighted"]);
    }

    [Fact]
    public async Task A_stream_too_fast_to_read_says_how_much_of_it_is_shown()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        _server.Add("ada", "one of fourteen", new(Omitted: 13));
        await Expect(viewer.Page.GetByText("1 in 14 shown")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Top_shows_the_most_reacted_to_and_the_list_keeps_its_place_meanwhile()
    {
        _server.Add("ada", "quiet one");
        _server.Add("grace", "loved by many", new(Reactions: new() { ["love"] = 12 }));
        _server.Add("linus", "liked a little", new(Reactions: new() { ["like"] = 2 }));
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.Button("Top").ClickAsync();
        var top = viewer.Page.GetByRole(AriaRole.Region, new() { Name = "Most reactions and replies first" });
        await Expect(top.Locator(".content")).ToHaveTextAsync(["loved by many", "liked a little", "quiet one"]);
        await viewer.Button("Live").ClickAsync();
        await Expect(viewer.Scroller.Locator(".content")).ToHaveTextAsync(["quiet one", "loved by many", "liked a little"]);
    }

    [Fact]
    public async Task One_s_own_comment_can_be_deleted_after_asking_and_nobody_else_s()
    {
        _server.Add("grace", "hers");
        await using var viewer = await JoinAsync("Ada");
        await viewer.SendAsync("a slip of the pen");
        var mine = viewer.Comment("a slip of the pen");
        await Expect(mine).ToHaveCountAsync(1);
        await viewer.PressAtAsync(mine, "More");
        await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" }).ClickAsync();
        await Expect(mine).ToHaveCountAsync(1);
        await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Really delete it?" }).ClickAsync();
        await Expect(viewer.Texts).ToHaveTextAsync(["hers"]);
        await viewer.PressAtAsync(viewer.Comment("hers"), "More");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitem)).ToHaveTextAsync(["Report"]);
    }

    [Fact]
    public async Task An_emoji_goes_to_where_the_caret_is()
    {
        await using var viewer = await JoinAsync();
        await viewer.Box.FillAsync("go  go");
        await viewer.Box.EvaluateAsync("box => box.setSelectionRange(3, 3)");
        await viewer.Button("Emoji").ClickAsync();
        await viewer.Page.GetByRole(AriaRole.Dialog).GetByText("🚀").ClickAsync();
        await viewer.Page.GetByRole(AriaRole.Dialog).GetByText("🔥").ClickAsync();
        await viewer.Page.Keyboard.PressAsync("Escape");
        await Expect(viewer.Box).ToHaveValueAsync("go 🚀🔥 go");
    }

    [Fact]
    public async Task A_stream_that_ends_says_so_and_takes_no_more()
    {
        await using var viewer = await JoinAsync();
        _server.Tell("stream_state", new { streamId = "demo", id = "demo", title = _server.Title, status = "ended" });
        await Expect(viewer.Page.GetByText("This stream has ended.")).ToBeVisibleAsync();
        await Expect(viewer.Box).ToHaveCountAsync(0);
        await Expect(viewer.Button("Like")).ToBeDisabledAsync();
    }

    private async Task<Viewer> JoinAsync(string name = "Ada")
    {
        var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync(name);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        return viewer;
    }
}
