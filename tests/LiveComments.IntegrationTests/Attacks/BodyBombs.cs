using System.Globalization;
using System.IO.Compression;
using System.Text;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Attacks.Smuggling;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Attacks;

/// <summary>Requests that are small to send and would be large to take in.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class BodyBombs(LiveNodes nodes)
{
    private const string Last = "GET /alive HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n";

    // Each bomb so often. Inflated, one round alone would come to a hundred megabytes.
    private const int Rounds = 20;
    private const int AtOnce = 8;
    private const long MostGrowthKb = 128 * 1024;

    [Fact]
    public async Task Every_bomb_is_refused_with_a_clear_status_and_takes_no_memory()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        var bombs = Bombs($"/api/streams/{streamId}/comments", author.DefaultRequestHeaders.Authorization!.Parameter!);
        ServiceProcess[] services = [nodes.Gateway, nodes.Path.Apis[0]];
        foreach (var service in services)
        {
            foreach (var bomb in bombs)
                await ThrowAsync(service, bomb);
            var before = ResidentKb(service);
            await Parallel.ForEachAsync(Enumerable.Range(0, Rounds).SelectMany(_ => bombs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (bomb, _) => await ThrowAsync(service, bomb));
            var grown = ResidentKb(service) - before;
            Assert.True(grown < MostGrowthKb, $"{service.Address} has grown by {grown} KB");
        }

        // A node takes no bodies: it reads none, and says so or has no such page. Some it lets go on for seconds before it ends the connection, so each once.
        await Parallel.ForEachAsync(bombs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (bomb, _) =>
            await ThrowAsync(nodes.Nodes[0], bomb with { Statuses = [400, 404, 405, 413, 414, 415, 431] }));

        await RunningSystem.PostAcceptedAsync(author, streamId, "still there");
    }

    private static async Task ThrowAsync(ServiceProcess service, Bomb bomb)
    {
        var answers = await RawExchange.SendAsync(service.Address, bomb.Request + Last);
        Assert.True(answers.Count is 1 or 2 && bomb.Statuses.Contains(answers[0].Status), $"{bomb.Name}: answered with {string.Join(", ", answers.Select(answer => answer.Status))}");
        Assert.True(answers.Count == 1 || answers[1].Status == 200, $"{bomb.Name}: the connection goes on with {answers[^1].Status}");
    }

    private static IReadOnlyList<Bomb> Bombs(string path, string token)
    {
        var spaces = new byte[6 * 1024 * 1024];
        Array.Fill(spaces, (byte)' ');
        var gzip = Compressed(stream => new GZipStream(stream, CompressionLevel.SmallestSize), spaces);
        return
        [
            Post("gzip", gzip, [415], "Content-Encoding: gzip\r\n"),
            Post("gzip in capitals", gzip, [415], "Content-Encoding: GZIP\r\n"),
            Post("gzip twice", gzip, [415], "Content-Encoding: gzip, gzip\r\n"),
            Post("gzip behind nothing", gzip, [415], "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"),
            Post("deflate", Compressed(stream => new ZLibStream(stream, CompressionLevel.SmallestSize), spaces), [415], "Content-Encoding: deflate\r\n"),
            Post("brotli", Compressed(stream => new BrotliStream(stream, CompressionLevel.Fastest), [.. spaces, .. spaces, .. spaces, .. spaces]), [415], "Content-Encoding: br\r\n"),
            Post("an unknown coding", "{}", [415], "Content-Encoding: zip\r\n"),
            Post("gzip that says nothing", gzip, [400]),
            Post("a byte too many", new string(' ', Limits.MaxRequestBodyBytes + 1), [413]),
            new("a gigabyte that is announced", $"{Head("Content-Length: 1073741824\r\n")}{new string(' ', 20_000)}", [413]),
            new("chunks without end", $"{Head("Transfer-Encoding: chunked\r\n")}{string.Concat(Enumerable.Repeat($"400\r\n{new string(' ', 0x400)}\r\n", 60))}", [413]),
            new("a chunk of two gigabytes", $"{Head("Transfer-Encoding: chunked\r\n")}7fffffff\r\n{new string(' ', 40_000)}", [413]),
            new("chunks of a byte", $"{Head("Transfer-Encoding: chunked\r\n")}{string.Concat(Enumerable.Repeat("1\r\n \r\n", 9_000))}", [413]),
            Post("deep lists", new string('[', 8_000), [400]),
            Post("deep objects", string.Concat(Enumerable.Repeat("{\"a\":", 1_500)), [400]),
            Post("a deep object in a field that nobody reads", $"{{\"content\":\"x\",\"z\":{string.Concat(Enumerable.Repeat("{\"a\":", 1_000))}1{new string('}', 1_001)}", [400]),
            Post("many fields and no text", $"{{{string.Join(',', Enumerable.Range(0, 800).Select(number => $"\"a{number}\":0"))}}}", [400]),
            Post("one field many times", $"{{{string.Join(',', Enumerable.Repeat("\"content\":\"x\"", 500))}}}", [400]),
            Post("a number of thousands of digits", $"{{\"content\":{new string('9', 8_000)}}}", [400]),
            Post("a text of thousands of signs", $"{{\"content\":\"{new string('x', 8_000)}\"}}", [400]),
            Post("a text of escapes", $"{{\"content\":\"{string.Concat(Enumerable.Repeat("\\u0041", 1_300))}\"}}", [400]),
            Post("one sign with a thousand marks", $"{{\"content\":\"a{string.Concat(Enumerable.Repeat("\\u0301", 1_300))}\"}}", [400]),
            Post("many parts", string.Concat(Enumerable.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n", 150)), [415], type: "multipart/form-data; boundary=b"),
            Post("many fields of a form", string.Join('&', Enumerable.Range(0, 1_000).Select(number => $"a{number}=1")), [415], type: "application/x-www-form-urlencoded"),
            new("a header of 40 KB", Head($"Content-Length: 0\r\nX: {new string('x', 40_000)}\r\n"), [431]),
            new("a thousand headers", Head($"Content-Length: 0\r\n{string.Concat(Enumerable.Range(0, 1_000).Select(number => $"X-{number}: y\r\n"))}"), [431]),
            new("a thousand cookies", Head($"Content-Length: 0\r\n{string.Concat(Enumerable.Repeat("Cookie: a=b\r\n", 1_000))}"), [431]),
            new("a very long address", $"GET {path}?a={new string('x', 20_000)} HTTP/1.1\r\nHost: g\r\n\r\n", [414]),
            new("a very long method", $"{new string('A', 20_000)} {path} HTTP/1.1\r\nHost: g\r\n\r\n", [400, 414]),
            new("two thousand parameters", $"GET {path}?{string.Join('&', Enumerable.Repeat("a=1", 2_000))} HTTP/1.1\r\nHost: g\r\n\r\n", [200, 400]),
            new("a thousand limits", $"GET {path}?{string.Join('&', Enumerable.Repeat("limit=1", 1_000))} HTTP/1.1\r\nHost: g\r\n\r\n", [400]),
            new("a deep address", $"GET /api/streams{string.Concat(Enumerable.Repeat("/a", 3_500))} HTTP/1.1\r\nHost: g\r\n\r\n", [404]),
        ];

        Bomb Post(string name, string body, int[] statuses, string headers = "", string type = "application/json") =>
            new(name, $"{Head(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n{headers}"), type)}{body}", statuses);

        string Head(string headers, string type = "application/json") =>
            $"POST {path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {token}\r\nContent-Type: {type}\r\n{headers}\r\n";
    }

    /// <summary>One character a byte.</summary>
    private static string Compressed(Func<Stream, Stream> coding, byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var stream = coding(result))
            stream.Write(bytes);
        var compressed = result.ToArray();
        Assert.InRange(compressed.Length, 1, Limits.MaxRequestBodyBytes);
        return Encoding.Latin1.GetString(compressed);
    }

    private static long ResidentKb(ServiceProcess service)
    {
        // VmRSS:	  123456 kB
        var line = File.ReadLines($"/proc/{service.ProcessId}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private sealed record Bomb(string Name, string Request, int[] Statuses);
}
