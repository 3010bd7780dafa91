using System.Net;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;
using static LiveComments.UnitTests.Gateway.Relay.ScriptedNode;

namespace LiveComments.UnitTests.Gateway.Relay;

/// <summary>Answers of a node that are no stream of events, or no answers at all: the viewer finds no difference between the ways.</summary>
public sealed class RelayAnswers
{
    public static TheoryData<string, string, int, string> Answers => new()
    {
        { "in chunks", "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n", 404, "{\"a\":1}" },
        { "of known length, with empty lines in it", "HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\n\r\na\r\n\r\nb\n\nc\r\n\r", 400, "a\r\n\r\nb\n\nc\r\n\r" },
        { "until the connection ends", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n", 200, "data: 1\n\n" },
        { "of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n", 200, "data: 1\n\n" },
        { "a stream of known length", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: 1\n\n", 200, "data: 1\n\n" },
        { "after two that were only in between", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + StreamHead + "9\r\ndata: 1\n\n\r\n0\r\n\r\n", 200, "data: 1\n\n" },
        { "with bare line feeds", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n9\r\ndata: 1\n\n\r\n0\r\n\r\n", 200, "data: 1\n\n" },
        { "a redirection", "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", 307, "" },
        { "a head without end", "HTTP/1.1 200 OK\r\nX: " + new string('x', 200_000), 502, "" },
        { "garbage", "\r\n\r\n\0\u0001 what?\r\n\r\n", 502, "" },
        { "cut in its head", "HTTP/1.1 200 OK\r\nContent-Ty", 502, "" },
        { "nothing", "", 502, "" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_is_the_same_either_way(string kind, string answer, int status, string body)
    {
        foreach (var (raw, inPieces) in new[] { (false, false), (true, false), (true, true) })
        {
            using var node = new ScriptedNode(async side =>
            {
                if (!inPieces || answer.Length > 1_000)
                {
                    await side.SendAsync(answer);
                    return;
                }

                for (var index = 0; index < answer.Length; index++)
                {
                    await side.SendAsync(answer[index..(index + 1)]);
                    await Task.Yield();
                }
            });
            await using var gateway = await GatewayServer.StartAsync(raw, node.Address);
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{gateway.Authority}{GatewayServer.Path}");
            using var got = await Eventually.WithinAsync($"an answer ({kind}, raw: {raw})", client.SendAsync(request));
            Assert.Equal((HttpStatusCode)status, got.StatusCode);
            Assert.Equal(body, await got.Content.ReadAsStringAsync());
            // One that failed may be tried again by who has nothing to lose; one that was answered may not.
            if (status != 502)
                Assert.Single(node.Requests);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_refuses_is_a_bad_gateway(bool raw)
    {
        using var gone = new ScriptedNode(_ => Task.CompletedTask);
        var address = gone.Address;
        gone.Dispose();
        await using var gateway = await GatewayServer.StartAsync(raw, address);
        using var viewer = await gateway.WatchAsync();
        Assert.StartsWith("HTTP/1.1 502 ", viewer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_found_by_its_name()
    {
        using var node = new ScriptedNode(side => side.SendAsync(StreamHead + Chunk("data: 1\n\n") + LastChunk));
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        using var viewer = await gateway.WatchAsync();
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Proper, viewer.Ended);
        Assert.Equal(1, gateway.EverRelayed);
    }

    [Theory]
    [InlineData("GET", GatewayServer.Path, "Accept: application/json\r\n")]
    [InlineData("HEAD", GatewayServer.Path, "")]
    [InlineData("GET", "/live/streams/s/ws", "")]
    [InlineData("GET", GatewayServer.Path, "Connection: Upgrade\r\nUpgrade: websocket\r\n")]
    public async Task What_is_no_request_for_events_goes_the_other_way(string method, string path, string headers)
    {
        using var node = new ScriptedNode(side => side.SendAsync(StreamHead + (side.Request.StartsWith("HEAD", StringComparison.Ordinal) ? "" : Chunk("data: 1\n\n") + LastChunk)));
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        using var viewer = await WireViewer.StartAsync(await gateway.ConnectAsync(), headers: headers, requestLine: $"{method} {path} HTTP/1.1");
        Assert.StartsWith("HTTP/1.1 200 ", viewer.Head, StringComparison.Ordinal);
        Assert.Equal(0, gateway.EverRelayed);
    }
}
