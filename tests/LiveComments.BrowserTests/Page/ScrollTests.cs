using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>How the list scrolls: at its end it follows, elsewhere what is read stands still.</summary>
public sealed class ScrollTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task At_its_end_the_list_follows_what_comes_however_long_it_is()
    {
        await using var viewer = await OpenAsync(50);
        for (var batch = 0; batch < 8; batch++)
        {
            _server.AddMany(20, number => ("ada", Text(number)));
            var last = $"the last of {batch}";
            _server.Add("ada", last);
            await Expect(viewer.Page.GetByText(last)).ToBeInViewportAsync();
            await ExpectAtEndAsync(viewer);
        }

        await Expect(viewer.Button("Jump to latest", exact: false)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_reads_back_is_left_in_peace_and_told_how_many_are_new()
    {
        await using var viewer = await OpenAsync(50);
        await ScrollAsync(viewer, -900);
        await Expect(viewer.Page.GetByText("Jump to latest")).ToBeVisibleAsync();
        var reading = await ReadingAsync(viewer);
        _server.Add("ada", "unseen one");
        await Expect(viewer.Page.GetByText("1 new comment")).ToBeVisibleAsync();
        _server.AddMany(29, number => ("ada", Text(number)));
        await Expect(viewer.Page.GetByText("30 new comments")).ToBeVisibleAsync();
        await ExpectSamePlaceAsync(viewer, reading);

        await viewer.Page.GetByText("30 new comments").ClickAsync();
        await ExpectAtEndAsync(viewer);
        _server.Add("ada", "follows again");
        await Expect(viewer.Page.GetByText("follows again")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Who_says_something_while_reading_back_sees_it_said()
    {
        await using var viewer = await OpenAsync(50);
        await viewer.JoinAsync("Grace");
        await ScrollAsync(viewer, -900);
        await Expect(viewer.Page.GetByText("Jump to latest")).ToBeVisibleAsync();
        await viewer.SendAsync("here I am");
        await Expect(viewer.Comment("here I am")).ToBeInViewportAsync();
        await ExpectAtEndAsync(viewer);
    }

    [Fact]
    public async Task Scrolling_up_loads_what_is_older_without_a_jump_up_to_the_first_comment()
    {
        await using var viewer = await OpenAsync(230);
        for (var height = await HeightAsync(viewer); await viewer.Comment("comment 0 ").CountAsync() == 0; height = await HeightAsync(viewer))
        {
            await ScrollAsync(viewer, -200);
            var reading = await NearBeginningAsync(viewer);
            await Eventually.UntilAsync("older comments are there", async () => await HeightAsync(viewer) > height);
            await ExpectSamePlaceAsync(viewer, reading);
        }

        await viewer.Scroller.FocusAsync();
        await Eventually.UntilAsync("the first comment is in sight", async () =>
        {
            await viewer.Page.Keyboard.PressAsync("Home");
            return await viewer.Comment("comment 0 ").CountAsync() > 0;
        });
        var texts = await viewer.Texts.AllTextContentsAsync();
        Assert.StartsWith("comment 0 ", texts[0], StringComparison.Ordinal);
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }

    [Fact]
    public async Task Only_what_is_in_sight_is_drawn_and_500_are_kept()
    {
        await using var viewer = await OpenAsync(50);
        for (var batch = 0; batch < 7; batch++)
        {
            var at = batch;
            _server.AddMany(100, number => ("ada", $"busy {(at * 100) + number}."));
            await Expect(viewer.Page.GetByText($"busy {(at * 100) + 99}.")).ToBeInViewportAsync();
        }

        Assert.InRange(await viewer.Comments.CountAsync(), 5, 60);
        await ExpectAtEndAsync(viewer);
        await viewer.Scroller.FocusAsync();
        await viewer.Page.Keyboard.PressAsync("Home");
        await Expect(viewer.Page.GetByText("busy 200.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_window_that_changes_its_size_stays_at_the_end()
    {
        await using var viewer = await OpenAsync(80);
        foreach (var (width, height) in ((int, int)[])[(390, 844), (390, 520), (900, 420), (1280, 800)])
        {
            await viewer.Page.SetViewportSizeAsync(width, height);
            await ExpectAtEndAsync(viewer);
        }
    }

    [Fact]
    public async Task A_row_does_not_run_away_from_a_pointer_that_is_about_to_press_its_button()
    {
        await using var viewer = await OpenAsync(50);
        var row = viewer.Comment("comment 49 ");
        await row.HoverAsync();
        await row.GetByLabel("React", new() { Exact = true }).HoverAsync();
        var reading = await ReadingAsync(viewer, "comment 49 ");
        _server.AddMany(5, number => ("ada", $"meanwhile {number}"));
        await Expect(viewer.Page.GetByText("meanwhile 0")).ToBeAttachedAsync();
        await ExpectSamePlaceAsync(viewer, reading);
        await viewer.Page.Mouse.MoveAsync(200, 200);
        await Expect(viewer.Page.GetByText("meanwhile 4")).ToBeInViewportAsync();
    }

    private async Task<Viewer> OpenAsync(int comments)
    {
        for (var number = 0; number < comments; number++)
            _server.Add("ada", $"comment {number} {Text(number)}");
        var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl, new() { ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = 1280, Height = 800 } });
        await Expect(viewer.Comment($"comment {comments - 1} ")).ToBeInViewportAsync();
        await ExpectAtEndAsync(viewer);
        return viewer;
    }

    // Of one line, and of several: rows differ in height.
    private static string Text(int number) => string.Concat(Enumerable.Repeat("words and more words ", 1 + (number * 7 % 9)));

    private static async Task ScrollAsync(Viewer viewer, float by)
    {
        await viewer.Scroller.HoverAsync();
        await viewer.Page.Mouse.WheelAsync(0, by);
    }

    private static Task<double> HeightAsync(Viewer viewer) => viewer.Page.EvaluateAsync<double>("document.querySelector('.comments-height').offsetHeight");

    /// <summary>Goes to where older comments are asked for, and tells in the same moment what is read there.</summary>
    private static async Task<Place> NearBeginningAsync(Viewer viewer)
    {
        await viewer.Scroller.EvaluateAsync("list => { list.scrollTop = Math.min(list.scrollTop, 250); }");
        return await ReadingAsync(viewer);
    }

    /// <summary>A comment in the middle of the window, and where it is.</summary>
    private static Task<Place> ReadingAsync(Viewer viewer, string? text = null) => viewer.Page.EvaluateAsync<Place>(
        """
        (text) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
          const list = document.querySelector('.comments-scroller').getBoundingClientRect();
          const rows = [...document.querySelectorAll('.comment[data-comment]')];
          const row = rows.find((one) => text ? one.textContent.includes(text) : one.getBoundingClientRect().top > list.top + 200) ?? rows[0];
          done({ id: row.dataset.comment, top: row.getBoundingClientRect().top });
        })))
        """,
        text);

    private static async Task ExpectSamePlaceAsync(Viewer viewer, Place reading)
    {
        var top = await viewer.Page.EvaluateAsync<double>(
            """
            (id) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
              done(document.querySelector(`[data-comment="${id}"]`)?.getBoundingClientRect().top ?? NaN))))
            """,
            reading.Id);
        Assert.Equal(reading.Top, top, tolerance: 2);
    }

    private static Task ExpectAtEndAsync(Viewer viewer) => Eventually.UntilAsync("the list is at its end", async () =>
        await viewer.Scroller.EvaluateAsync<double>("list => list.scrollHeight - list.clientHeight - list.scrollTop") < 3);

    private sealed record Place
    {
        public string Id { get; init; } = "";

        public double Top { get; init; }
    }
}
