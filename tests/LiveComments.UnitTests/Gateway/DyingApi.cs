using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using LiveComments.Contracts;
using LiveComments.Gateway.Routing;
using LiveComments.UnitTests.Gateway.Relay;
using static LiveComments.UnitTests.Gateway.Relay.ScriptedNode;

namespace LiveComments.UnitTests.Gateway;

/// <summary>An Api process that dies while it is asked, at whatever byte: what comes of the request, with another one there.</summary>
public sealed class DyingApi
{
    private const string Comment = "{\"id\":\"1\",\"content\":\"Hello, 日本語\"}";
    private const string Posted = "{\"content\":\"Hello, 日本語\"}";

    // As Api answers, in chunks. This process serves one request a connection: nobody is to send the next over one that is about to close.
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        $"HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\nX-Node: one\r\nConnection: close\r\nLocation: /api/streams/s/comments/1\r\nTransfer-Encoding: chunked\r\n\r\n{Chunk(Comment)}{LastChunk}");

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", false)]
    [InlineData("DELETE", false)]
    [InlineData("GET", false)]
    public async Task Wherever_an_answer_breaks_off_the_client_gets_it_whole_from_another(string method, bool hasKey)
    {
        var asked = new ConcurrentDictionary<string, ConcurrentQueue<string>>();
        async Task ServeAsync(NodeSide side)
        {
            var plan = side.Request.Split(' ')[1].Split('?')[1];
            var earlier = asked.GetOrAdd(plan, _ => new ConcurrentQueue<string>());
            earlier.Enqueue(side.RequestBody);
            var dies = earlier.Count == 1;
            await side.SendAsync(Answer.AsMemory(0, dies ? int.Parse(plan.Split('-')[1], CultureInfo.InvariantCulture) : Answer.Length));
            if (dies && plan.StartsWith("reset", StringComparison.Ordinal))
                side.Break();
        }

        using var one = new ScriptedNode(ServeAsync);
        using var other = new ScriptedNode(ServeAsync);
        await using var gateway = await GatewayServer.StartAsync(raw: false, one.Address, apis: [one.Address, other.Address]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{gateway.Authority}") };
        foreach (var how in (string[])["closed", "reset"])
        {
            for (var cut = 0; cut < Answer.Length; cut++)
            {
                var plan = string.Create(CultureInfo.InvariantCulture, $"{how}-{cut}");
                using var request = Request(method, $"/api/streams/s/comments?{plan}", hasKey);
                using var answer = await client.SendAsync(request);
                Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{plan}: {answer.StatusCode}");
                Assert.Equal(Comment, await answer.Content.ReadAsStringAsync());
                Assert.Equal(["one"], answer.Headers.GetValues("X-Node"));
                Assert.Equal(["here"], answer.Headers.GetValues("X-Gateway"));
                Assert.Equal(Encoding.UTF8.GetByteCount(Comment), answer.Content.Headers.ContentLength);
                Assert.Equal(method is "GET" or "DELETE" ? ["", ""] : [Posted, Posted], asked[plan]);
            }
        }
    }

    [Fact]
    public async Task When_all_die_the_gateway_says_so_in_its_own_headers()
    {
        using var api = new ScriptedNode(side => side.SendAsync(Answer.AsMemory(0, Answer.Length - 1)));
        await using var gateway = await GatewayServer.StartAsync(raw: false, api.Address);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{gateway.Authority}") };
        using var request = Request("POST", "/api/streams/s/comments", hasKey: true);
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(["here"], answer.Headers.GetValues("X-Gateway"));
        Assert.False(answer.Headers.Contains("X-Node"));
        Assert.Null(answer.Headers.Location);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_must_not_come_twice_comes_once_and_fails_with_its_process()
    {
        using var api = new ScriptedNode(side => side.SendAsync(Answer.AsMemory(0, Answer.Length - 1)));
        using var other = new ScriptedNode(side => side.SendAsync(Answer.AsMemory(0, Answer.Length - 1)));
        await using var gateway = await GatewayServer.StartAsync(raw: false, api.Address, apis: [api.Address, other.Address]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{gateway.Authority}") };
        using var request = Request("POST", "/api/streams/s/comments", hasKey: false);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request));
        Assert.Single(api.Requests.Concat(other.Requests));
    }

    [Theory]
    [InlineData(HeldAnswer.Most)]
    [InlineData(HeldAnswer.Most + 1)]
    [InlineData(10 * HeldAnswer.Most)]
    public async Task An_answer_of_any_length_comes_whole_and_one_too_long_to_be_held_breaks_with_its_process(int length)
    {
        var body = new string('x', length);
        using var api = new ScriptedNode(async side =>
        {
            await side.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Chunk(body)}");
            if (side.Request.Contains("?whole", StringComparison.Ordinal))
                await side.SendAsync(LastChunk);
        });
        await using var gateway = await GatewayServer.StartAsync(raw: false, api.Address);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{gateway.Authority}") };
        Assert.Equal(body, await client.GetStringAsync(new Uri("/api/streams/s/comments?whole", UriKind.Relative)));
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("/api/streams/s/comments?broken", UriKind.Relative)));
        Assert.Equal(length <= HeldAnswer.Most ? HttpStatusCode.BadGateway : null, fault.StatusCode);
    }

    private static HttpRequestMessage Request(string method, string path, bool hasKey)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent(Posted, Encoding.UTF8, "application/json");
        if (hasKey)
            request.Headers.Add(LiveHeaders.IdempotencyKey, "key");
        return request;
    }
}
