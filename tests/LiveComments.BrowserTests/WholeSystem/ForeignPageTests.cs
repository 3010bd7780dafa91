using System.Net.Http.Json;
using System.Text.Json;
using LiveComments.BrowserTests.Page;
using LiveComments.Contracts;
using LiveComments.IntegrationTests;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Playwright;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>A real browser that has the victim's cookie comes to somebody else's page.</summary>
public sealed class ForeignPageTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    // Answers "opened" or "failed", whatever happens first; neither within its time is a fault of the test.
    private const string Tools = """
        const first = (target, good, bad) => new Promise(done => { target[good] = () => done('opened'); target[bad] = () => done('failed'); });
        const closing = async (target, good, bad) => { const what = await first(target, good, bad); target.close(); return what; };
        """;

    private const string WatchOwn = "async ([path]) => {" + Tools + " return closing(new EventSource(path), 'onopen', 'onerror'); }";

    private const string Attack = "async ([site, stream]) => {" + Tools + """
        const live = `${site}/live/streams/${stream}`, comments = `${site}/api/streams/${stream}/comments`, text = '{"content":"by another page"}';
        const read = async (path, options) => { try { const answer = await fetch(path, options); return answer.type === 'opaque' ? 'opaque' : `read ${answer.status}`; } catch { return 'failed'; } };
        const element = (name, set) => { const made = document.createElement(name); const what = first(made, 'onload', 'onerror'); set(made); document.body.append(made); return what; };
        const simple = body => ({ method: 'POST', mode: 'no-cors', credentials: 'include', body });
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', enctype: 'text/plain', action: comments, target: 'sink' });
        form.append(Object.assign(document.createElement('input'), { name: '{"content":"by a form', value: '"}' }));
        document.body.append(form);
        const sent = new Promise(done => document.querySelector('iframe').onload = done);
        form.submit();
        await sent;
        return JSON.stringify({
            socket: await closing(new WebSocket(`${live.replace('http', 'ws')}/ws`, 'livecomments.v1.json'), 'onopen', 'onerror'),
            anySocket: await closing(new WebSocket(`${site.replace('http', 'ws')}/live/ws`), 'onopen', 'onerror'),
            events: await closing(new EventSource(`${live}/events`, { withCredentials: true }), 'onopen', 'onerror'),
            eventsWithout: await closing(new EventSource(`${live}/events`), 'onopen', 'onerror'),
            poll: await read(`${live}/events?wait=0`, { credentials: 'include', headers: { Accept: 'application/json' } }),
            history: await read(comments, { credentials: 'include' }),
            historyWithout: await read(comments, { credentials: 'omit' }),
            me: await read(`${site}/api/users/me`, { credentials: 'include' }),
            json: await read(comments, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: text }),
            withToken: await read(comments, { headers: { Authorization: 'Bearer x' } }),
            remove: await read(`${comments}/1`, { method: 'DELETE', credentials: 'include' }),
            token: await read(`${site}/api/auth/dev-token`, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'text/plain' }, body: '{"username":"eve"}' }),
            plain: await read(comments, simple(text)),
            typed: await read(comments, simple(new Blob([text], { type: 'text/plain' }))),
            urlencoded: await read(comments, simple(new URLSearchParams({ content: 'by a form' }))),
            multipart: await read(comments, simple((() => { const data = new FormData(); data.append('content', 'by a form'); return data; })())),
            end: await read(`${site}/api/streams/${stream}/end`, simple('')),
            beacon: String(navigator.sendBeacon(comments, text)),
            picture: await element('img', made => made.src = `${live}/events`),
            script: await element('script', made => made.src = `${comments}?limit=1`),
            sheet: await element('link', made => { made.rel = 'stylesheet'; made.href = comments; }),
            stored: document.cookie,
        });
        }
        """;

    private static readonly string[] Blind = ["plain", "typed", "urlencoded", "multipart", "end"];

    [Fact]
    public async Task Another_page_opens_reads_and_writes_nothing_in_the_visitor_s_name()
    {
        await using var system = await GatewaySystem.StartAsync([], [("Auth__AnonymousReads", "false")]);
        await using var foreign = await ForeignPage.StartAsync();
        using var ada = await system.Path.ClientOfAsync("ada");
        var stream = (await RunningSystem.NewStreamAsync(ada)).Id;
        await RunningSystem.PostAcceptedAsync(ada, stream, "before");
        var site = system.Address.GetLeftPart(UriPartial.Authority);
        await using var context = await fixture.Chromium.Browser.NewContextAsync();

        // The victim has watched here, and has the cookie: it opens what is theirs.
        var own = await context.NewPageAsync();
        await own.GotoAsync($"{site}/health");
        using var given = await ada.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest);
        var ticket = (await given.Content.ReadFromJsonAsync(ContractsJson.Default.LiveTicket))!.Ticket;
        Assert.Equal("opened", await own.EvaluateAsync<string>(WatchOwn, new[] { $"/live/streams/{stream}/events?ticket={ticket}" }));
        await ExpectOwnAsync();

        // The same machine by another port is the same site, to which browsers send the cookie; by another name it is another one.
        foreach (var host in new[] { "127.0.0.1", "localhost" })
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync($"http://{host}:{foreign.Port}/");
            var attack = await Eventually.WithinAsync($"what a page of {host} can do", page.EvaluateAsync<string>(Attack, new[] { site, stream }), TimeSpan.FromSeconds(60));
            var results = JsonSerializer.Deserialize<Dictionary<string, string>>(attack)!;
            Assert.Equal("", results["stored"]);
            // Sent without asking, and answered with something that no page may read: what counts is that nothing came of it.
            Assert.All(results.Where(result => result.Key is not ("stored" or "beacon") && !Blind.Contains(result.Key)), result => Assert.True(result.Value == "failed", $"{host}: {result}"));
            Assert.All(Blind, name => Assert.True(results[name] is "opaque" or "failed", $"{host}: {name} {results[name]}"));
            await page.CloseAsync();
        }

        await Eventually.UntilAsync("nobody watches", async () => (await system.ViewersAsync()).Sum() == 0);
        await RunningSystem.PostAcceptedAsync(ada, stream, "after");
        var history = await ada.GetFromJsonAsync(new Uri($"/api/streams/{stream}/comments", UriKind.Relative), ContractsJson.Default.CommentPage);
        Assert.Equal(["after", "before"], history!.Comments.Select(comment => comment.Content));
        var now = await ada.GetFromJsonAsync(new Uri($"/api/streams/{stream}", UriKind.Relative), ContractsJson.Default.LiveStream);
        Assert.Equal(StreamStatus.Live, now!.Status);
        // And the victim goes on.
        await ExpectOwnAsync();

        async Task ExpectOwnAsync() => Assert.Equal("opened", await own.EvaluateAsync<string>(WatchOwn, new[] { $"/live/streams/{stream}/events" }));
    }
}
