using System.Net;
using System.Net.Http.Json;
using System.Text;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What clients say about themselves before a proxy that says better, through the gateway and straight to a node.</summary>
[Collection(AccessCollection.Name)]
public sealed class ForwardedSpoofing(AccessSystem system)
{
    private const string Evil = "evil.example";

    // The proxy on this machine, who is believed, adds whom it saw; what stands before that is the client's own word.
    private static readonly string[][] Lies =
    [
        ["X-Forwarded-For: {client}"],
        ["X-Forwarded-For: 192.0.2.66, {client}"],
        ["X-Forwarded-For: {victim}, {client}"],
        ["X-Forwarded-For: 192.0.2.66", "X-Forwarded-For: {client}"],
        ["X-Forwarded-For: {client}, 127.0.0.1"],
        ["X-Forwarded-For: {client}, ::1, 127.0.0.1"],
        ["X-Forwarded-For: {client}:4711"],
        ["X-Forwarded-For: ::ffff:{client}"],
        ["X-Forwarded-For: {client}", "Forwarded: for={victim}", "X-Real-IP: {victim}", "X-Client-IP: {victim}", "True-Client-IP: {victim}", "CF-Connecting-IP: {victim}"],
        ["X-Forwarded-For: {client}", "X-Original-For: {victim}", "X-Original-Host: {victim}"],
        ["x-forwarded-for: {client}", "X_Forwarded_For: {victim}", "X-Forwarded-For-Original: {victim}"],
        ["X-Forwarded-For: garbage, ;;;, <script>, {client}"],
        ["X-Forwarded-For: {many}, {client}"],
    ];

    [Fact]
    public async Task Nobody_gets_more_places_by_what_they_say_nor_takes_those_of_others()
    {
        await using var node = new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string>
        {
            ["ConnectionStrings__nats"] = system.Nats.Url,
            ["Auth__SigningKey"] = TestTokens.SigningKey,
            ["services__api__http__0"] = system.Api.Address.ToString(),
            ["Live__MaxPerAddress"] = "1",
        });
        await using var gateway = new ServiceProcess("LiveComments.Gateway", new Dictionary<string, string>
        {
            ["services__api__http__0"] = system.Api.Address.ToString(),
            ["services__fanout-1__http__0"] = node.Address.ToString(),
        });
        await Task.WhenAll(node.StartAsync(), gateway.StartAsync());
        var stream = await NewStreamAsync();
        var many = string.Join(", ", Enumerable.Range(0, 1000).Select(entry => $"10.1.{entry / 256}.{entry % 256}"));
        var differences = new List<string>();
        var clients = 0;
        foreach (var service in new[] { gateway, node })
        {
            foreach (var lies in Lies)
            {
                // Of its own each time: 198.18.0.0/15 is for tests.
                var (client, victim) = ($"198.18.0.{++clients}", $"198.19.0.{clients}");
                var headers = string.Concat(lies.Select(lie => lie.Replace("{client}", client, StringComparison.Ordinal).Replace("{victim}", victim, StringComparison.Ordinal).Replace("{many}", many, StringComparison.Ordinal) + "\r\n"));
                var path = $"/live/streams/{stream}/ws";
                using var inside = await RawViewer.OpenSocketAsync(service.Address, stream, $"X-Forwarded-For: {client}\r\n");
                var again = await Handshake.StatusAsync(service.Address, path, headers);
                if (again != 429)
                    differences.Add($"{lies[0]}: {again} for whoever has its place already");
                var other = await Handshake.StatusAsync(service.Address, path, $"X-Forwarded-For: {victim}\r\n");
                if (other != 101)
                    differences.Add($"{lies[0]}: {other} for whom it spoke of");
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Pages_reports_are_counted_by_their_own_address_behind_the_gateway()
    {
        // So many of one address within a minute, of which one may be over while we ask.
        const int MostOfTwoMinutes = 2 * 60;
        using var client = AccessSystem.ClientOf(system.Gateway);
        var taken = 0;
        while (await ReportAsync($"192.0.2.{taken % 250}, 198.18.1.1") == HttpStatusCode.OK)
            Assert.True(++taken <= MostOfTwoMinutes, "One address may report as often as it likes, if it says that it is others.");
        Assert.Equal(HttpStatusCode.OK, await ReportAsync("198.18.1.2"));

        async Task<HttpStatusCode> ReportAsync(string forwarded)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/telemetry/display") { Content = JsonContent.Create(new DisplayReport("sse", [40], 5), ContractsJson.Default.DisplayReport) };
            request.Headers.Add("X-Forwarded-For", forwarded);
            using var answer = await client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task No_answer_leads_to_where_a_client_says_that_it_is()
    {
        var stream = await NewStreamAsync();
        using var ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        for (var comment = 0; comment < 3; comment++)
            await RunningSystem.PostAcceptedAsync(ada, stream, "hello");
        foreach (var service in new[] { system.Gateway, system.Api })
        {
            using var client = AccessSystem.ClientOf(service, TestTokens.Of("ada"));
            foreach (var (method, path, body) in new[]
            {
                (HttpMethod.Post, "/api/streams", """{"title":"t"}"""), (HttpMethod.Post, $"/api/streams/{stream}/comments", """{"content":"c"}"""), (HttpMethod.Get, $"/api/streams/{stream}/comments?limit=1", null),
                (HttpMethod.Get, "/api/streams?limit=1", null), (HttpMethod.Get, "/openapi/v1.json", null), (HttpMethod.Get, "/nothing-here", null), (HttpMethod.Get, "/api/streams/", null), (HttpMethod.Get, "/", null),
            })
            {
                using var request = new HttpRequestMessage(method, path) { Headers = { Host = Evil } };
                foreach (var (name, value) in new[]
                {
                    ("X-Forwarded-Host", Evil), ("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Prefix", "/" + Evil), ("X-Forwarded-Port", "666"), ("Forwarded", $"host={Evil}"), ("X-Original-Host", Evil),
                    ("X-Original-URL", $"http://{Evil}/"), ("X-Rewrite-URL", $"http://{Evil}/"), ("X-Host", Evil), ("Referer", $"http://{Evil}/"),
                })
                    request.Headers.TryAddWithoutValidation(name, value);
                if (body is not null)
                    request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await client.SendAsync(request);
                Assert.True((int)answer.StatusCode < 500, $"{method} {path}: {answer.StatusCode}");
                Assert.DoesNotContain(Evil, $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync()}", StringComparison.OrdinalIgnoreCase);
                foreach (var link in answer.Headers.TryGetValues("Link", out var links) ? links : [])
                    Assert.StartsWith("</api/", link, StringComparison.Ordinal);
                if (answer.Headers.Location is { } location)
                    Assert.StartsWith("/api/", location.OriginalString, StringComparison.Ordinal);
            }
        }
    }

    private async Task<string> NewStreamAsync()
    {
        using var client = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        return (await RunningSystem.NewStreamAsync(client)).Id;
    }
}
