using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What pages of other origins may do, by what their browsers say of them.</summary>
[Collection(AccessCollection.Name)]
public sealed class ForeignPages(AccessSystem system)
{
    // {host} and {port} are those of the service that is asked.
    private static readonly (string Headers, bool IsAllowed)[] Origins =
    [
        ("", true),
        ("Origin: http://{host}:{port}\r\n", true),
        ("Origin: HTTP://{host}:{port}\r\n", true),
        // TLS that ended before us, unannounced.
        ("Origin: https://{host}:{port}\r\n", true),
        ("Origin: \r\n", false),
        ("Origin: null\r\n", false),
        ("Origin: http://{host}\r\n", false),
        ("Origin: http://{host}:80\r\n", false),
        ("Origin: http://{host}:1\r\n", false),
        ("Origin: ftp://{host}:{port}\r\n", false),
        ("Origin: ws://{host}:{port}\r\n", false),
        ("Origin: {host}:{port}\r\n", false),
        ("Origin: //{host}:{port}\r\n", false),
        ("Origin: http://localhost:{port}\r\n", false),
        ("Origin: http://127.0.0.2:{port}\r\n", false),
        ("Origin: http://127.1:{port}\r\n", false),
        ("Origin: http://0x7f000001:{port}\r\n", false),
        ("Origin: http://[::ffff:127.0.0.1]:{port}\r\n", false),
        ("Origin: http://www.{host}:{port}\r\n", false),
        ("Origin: http://{host}.:{port}\r\n", false),
        ("Origin: http://{host}.evil.example:{port}\r\n", false),
        ("Origin: http://evil{host}:{port}\r\n", false),
        ("Origin: http://evil.example@{host}:{port}\r\n", false),
        ("Origin: http://{host}:{port}@evil.example\r\n", false),
        ("Origin: http://{host}:{port}/\r\n", false),
        ("Origin: http://{host}:{port}/evil\r\n", false),
        ("Origin: http://{host}:{port}, http://{host}:{port}\r\n", false),
        ("Origin: http://{host}:{port}\r\nOrigin: http://{host}:{port}\r\n", false),
        ("Origin: http://evil.example\r\nOrigin: http://{host}:{port}\r\n", false),
        ("Origin: http://{host}:{port}\r\nOrigin: http://evil.example\r\n", false),
        ("Origin: http://b\u00fccher.example\r\n", false),
        ("Origin: http://xn--bcher-kva.example\r\n", false),
        ("Origin: https://evil.example\r\n", false),
        ("Origin: http://evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\nX-Original-Host: evil.example\r\nX-Host: evil.example\r\n", false),
        // A page that anybody on the way could have written, of what goes by TLS.
        ("Origin: http://{host}:{port}\r\nX-Forwarded-Proto: https\r\n", false),
        ("Origin: https://{host}:{port}\r\nX-Forwarded-Proto: https\r\n", true),
    ];

    [Fact]
    public async Task A_WebSocket_is_for_pages_of_its_own_origin_at_a_node_as_through_the_gateway()
    {
        var stream = await NewStreamAsync();
        var authorization = $"Authorization: Bearer {TestTokens.Of("ada")}\r\n";
        var differences = new List<string>();
        foreach (var service in new[] { system.ClosedFanout, system.Gateway })
        {
            foreach (var path in new[] { "/live/ws", $"/live/streams/{stream}/ws" })
            {
                foreach (var (headers, allowed) in Origins)
                {
                    var sent = headers.Replace("{host}", service.Address.Host, StringComparison.Ordinal).Replace("{port}", $"{service.Address.Port}", StringComparison.Ordinal);
                    var status = await Handshake.StatusAsync(service.Address, path, authorization + sent);
                    if (status != (allowed ? 101 : 403))
                        differences.Add($"{(service == system.Gateway ? "gateway" : "node")} {path} {sent.Trim()}: {status}");
                }
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Through_the_gateway_nobody_says_what_host_the_browser_asked_for_but_the_browser()
    {
        var authorization = $"Authorization: Bearer {TestTokens.Of("ada")}\r\n";
        foreach (var lie in new[] { "X-Forwarded-Host: evil.example\r\n", "X-Forwarded-Host: evil.example\r\nX-Forwarded-Host: evil.example\r\n", "x-forwarded-host: evil.example\r\nX-Forwarded-Server: evil.example\r\n" })
            Assert.Equal(403, await Handshake.StatusAsync(system.Gateway.Address, "/live/ws", $"{authorization}Origin: http://evil.example\r\n{lie}"));
        // By whatever name the gateway is reached.
        Assert.Equal(101, await Handshake.StatusAsync(system.Gateway.Address, "/live/ws", $"{authorization}Origin: https://comments.example\r\n", host: "comments.example"));
        Assert.Equal(403, await Handshake.StatusAsync(system.Gateway.Address, "/live/ws", $"{authorization}Origin: https://evil.example\r\n", host: "comments.example"));
    }

    [Fact]
    public async Task No_answer_lets_another_page_read_it()
    {
        var stream = await NewStreamAsync();
        foreach (var service in new[] { system.Gateway, system.Api, system.ClosedFanout })
        {
            using var client = AccessSystem.ClientOf(service, TestTokens.Of("ada"));
            foreach (var path in new[] { $"/api/streams/{stream}/comments", "/api/users/me", "/api/auth/tickets", $"/live/streams/{stream}/events?wait=0", "/live/ws", "/health", "/metrics", "/openapi/v1.json", "/nothing" })
            {
                foreach (var origin in new[] { "http://evil.example", "null", $"http://127.0.0.1:{service.Address.Port + 1}" })
                {
                    foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options, HttpMethod.Post })
                    {
                        using var request = new HttpRequestMessage(method, path);
                        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
                        request.Headers.Add("Origin", origin);
                        if (method == HttpMethod.Options)
                        {
                            request.Headers.Add("Access-Control-Request-Method", "POST");
                            request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
                            request.Headers.Add("Access-Control-Request-Private-Network", "true");
                        }

                        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                        Assert.True((int)answer.StatusCode < 500, $"{method} {path}: {answer.StatusCode}");
                        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=utf-8; x=application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("")]
    public async Task What_a_page_may_send_without_asking_is_no_request_of_ours(string contentType)
    {
        var stream = await NewStreamAsync();
        using var client = AccessSystem.ClientOf(system.Gateway, TestTokens.Of("ada"));
        foreach (var (path, body) in new[]
        {
            ($"/api/streams/{stream}/comments", """{"content":"from elsewhere"}"""), ("/api/streams", """{"title":"from elsewhere"}"""), ("/api/auth/dev-token", """{"username":"eve"}"""),
            ("/api/auth/tickets", $$"""{"streamId":"{{stream}}"}"""), ($"/api/streams/{stream}/reactions", """{"reactionType":"like"}"""),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            if (contentType.Length > 0)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using var answer = await client.SendAsync(request);
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.UnsupportedMediaType, ErrorCodes.UnsupportedMediaType);
        }
    }

    private async Task<string> NewStreamAsync()
    {
        using var client = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        return (await RunningSystem.NewStreamAsync(client)).Id;
    }
}
