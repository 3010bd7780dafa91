using System.Text.Json;
using LiveComments.IntegrationTests.Fuzz;
using LiveComments.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>Whatever people write stays text, in its own place.</summary>
public sealed class HostileTextTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    // So high that everything is drawn at once; only what is drawn could do harm.
    private const int TallWindow = 40_000;

    // Well below what the page keeps.
    private const int PartSize = 200;

    private static readonly string[] Attacks =
    [
        "<img src=x onerror=alert(1)>",
        "<img src=//evil.example/x.png>",
        "<script>alert(1)</script>",
        "<script src=//evil.example/x.js></script>",
        "\"><svg/onload=alert(1)>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<a href=javascript:alert(1)>x</a>",
        "javascript:alert(1)",
        "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}",
        "</title><base href=//evil.example/>",
        "</textarea><script>alert(1)</script>",
        "<style>*{display:none}</style>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<form action=//evil.example><button>x",
        "<video src=x onerror=alert(1)>",
        "<body onload=alert(1)>",
        "<math><mtext><style><img src onerror=alert(1)>",
        "https://evil.example/<b>",
        "![x](https://evil.example/x.png)",
        "\u202Etxet desrever\u202D \u2066 isolate",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
        "شكرا 谢谢 🏳️‍🌈👨‍👩‍👧‍👦",
        new('W', 500),
        string.Concat(Enumerable.Repeat("a\u0301\u0302\u0303\u0304", 120)),
        string.Concat(Enumerable.Repeat("ﷺ", 100)),
        string.Concat(Enumerable.Repeat("\n", 200)) + "far below",
    ];

    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Hostile_names_texts_and_titles_stay_text()
    {
        // Half a surrogate pair is no text that JSON could carry, and the service has none.
        string[] hostile = [.. Attacks.Concat(NaughtyStrings.All).Where(text => text.Length > 0 && !HasLoneSurrogate(text)).Distinct()];
        Assert.True(hostile.Length > 400, $"{hostile.Length} strings");
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl, new() { ViewportSize = new() { Width = 1000, Height = TallWindow } });
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        foreach (var part in hostile.Chunk(PartSize))
        {
            _server.AddMany(part.Length, number => (part[number], part[number]));
            await Eventually.UntilAsync("all of a part are drawn", async () => part.SequenceEqual((await TextsAsync(viewer, ".comment .content")).TakeLast(part.Length)));
            Assert.Equal(part, (await TextsAsync(viewer, ".comment .author")).TakeLast(part.Length));
        }

        foreach (var title in hostile)
            _server.Tell("stream_state", new { streamId = "demo", id = "demo", title, status = "live" });
        _server.Tell("stream_state", new { streamId = "demo", id = "demo", title = Attacks[0] + Attacks[4], status = "live" });
        await Expect(viewer.Page.Locator("h1")).ToHaveTextAsync(Attacks[0] + Attacks[4]);
        Assert.StartsWith(Attacks[0] + Attacks[4], await viewer.Page.TitleAsync(), StringComparison.Ordinal);

        _server.Mark(_server.Add(Attacks[0], Attacks[4]), isPinned: true);
        await Expect(viewer.Page.Locator(".pinned .content")).ToHaveTextAsync(Attacks[4]);
        await Expect(viewer.Page.Locator(".pinned .author")).ToHaveTextAsync(Attacks[0]);

        Assert.Equal(0, await viewer.Page.Locator("#root :is(img, script, iframe, base, style, link, meta, object, embed, a[href^='javascript'], svg:not([viewBox='0 0 20 20']))").CountAsync());
        Assert.True(await viewer.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "no text makes the page wider than the window");
        Assert.All(viewer.Requests, url => Assert.StartsWith(_server.Url, url, StringComparison.Ordinal));
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task No_text_leaves_its_row_or_turns_what_stands_around_it()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl, new() { ViewportSize = new() { Width = 360, Height = 20_000 } });
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        _server.AddMany(Attacks.Length, number => (Attacks[number], Attacks[number]));
        await Eventually.UntilAsync("all of them are drawn", async () => await viewer.Comments.CountAsync() == Attacks.Length);
        var outside = await viewer.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.comment')].flatMap((row) => {
              const { left, right } = row.getBoundingClientRect();
              const wide = [...row.querySelectorAll('.content, .author, time')].filter((part) => {
                const box = part.getBoundingClientRect();
                return box.left < left - 1 || box.right > right + 1;
              });
              // The time stands at the row's end whatever the name before it is.
              const time = row.querySelector('time').getBoundingClientRect();
              return wide.length > 0 || time.left < row.querySelector('.author').getBoundingClientRect().right - 1 ? [row.textContent] : [];
            })
            """);
        Assert.Empty(outside);
        Assert.True(await viewer.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    private static async Task<string[]> TextsAsync(Viewer viewer, string selector) => JsonSerializer.Deserialize<string[]>(
        await viewer.Page.EvaluateAsync<string>("(selector) => JSON.stringify([...document.querySelectorAll(selector)].map((one) => one.textContent))", selector))!;

    private static bool HasLoneSurrogate(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
                continue;
            if (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
                return true;
            index++;
        }

        return false;
    }
}
