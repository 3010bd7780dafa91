namespace LiveComments.UnitTests.Proxies;

/// <summary>Whom a service takes for its client, whatever is said in headers.</summary>
public sealed class ForwardedHeadersTests
{
    private const string For = "X-Forwarded-For";
    private const string Stranger = "203.0.113.5";
    private const string Gateway = "10.1.2.3";

    // What anybody may send, and nobody is believed in.
    private static readonly (string Name, string Value)[] Lies =
    [
        ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Port", "1"), ("X-Forwarded-Server", "evil.example"),
        ("Forwarded", "for=198.51.100.9;host=evil.example;proto=https"), ("X-Real-IP", "198.51.100.9"), ("X-Client-IP", "198.51.100.9"),
        ("True-Client-IP", "198.51.100.9"), ("CF-Connecting-IP", "198.51.100.9"), ("X-Cluster-Client-Ip", "198.51.100.9"), ("X-Original-For", "198.51.100.9"),
        ("X-Original-Host", "evil.example"), ("X-Original-Proto", "https"), ("X-Original-Prefix", "/evil"), ("X-Original-URL", "/evil"), ("X-Rewrite-URL", "/evil"),
        ("X-HTTP-Method-Override", "DELETE"), ("X_Forwarded_For", "198.51.100.9"), ("Via", "1.1 evil"),
    ];

    [Fact]
    public async Task Who_is_no_trusted_proxy_is_itself_and_nobody_else()
    {
        await using var service = await WhoseAddress.StartAsync("10.0.0.0/8");
        foreach (var said in new[] { "198.51.100.9", "127.0.0.1", "::1", "10.1.2.3", "198.51.100.9, 127.0.0.1, 10.0.0.1", "", ",", "unknown" })
            Assert.Equal("200 203.0.113.5 http good.example /path", await service.AskAsync(Stranger, [(For, said), ("X-Forwarded-Proto", "https"), .. Lies]));
        Assert.Equal("200 2001:db8::5 http good.example /path", await service.AskAsync("2001:db8::5", [(For, "198.51.100.9"), .. Lies]));
    }

    [Theory]
    [InlineData(Gateway, "198.51.100.9", "198.51.100.9")]
    [InlineData("::ffff:10.1.2.3", "198.51.100.9", "198.51.100.9")]
    [InlineData("127.0.0.1", "198.51.100.9", "198.51.100.9")]
    [InlineData("127.9.9.9", "198.51.100.9", "198.51.100.9")]
    [InlineData("::1", "198.51.100.9", "198.51.100.9")]
    [InlineData(Gateway, "198.51.100.9:4711", "198.51.100.9")]
    [InlineData(Gateway, "[2001:db8::9]:4711", "2001:db8::9")]
    [InlineData(Gateway, "2001:db8::9", "2001:db8::9")]
    [InlineData(Gateway, "\"[2001:db8::9]:4711\"", "2001:db8::9")]
    // From the nearest backwards: what stands before the first who isn't trusted, that one may have made up.
    [InlineData(Gateway, "192.0.2.66, 198.51.100.9", "198.51.100.9")]
    [InlineData(Gateway, "10.9.9.9, 198.51.100.9", "198.51.100.9")]
    [InlineData(Gateway, "127.0.0.1, 198.51.100.9", "198.51.100.9")]
    [InlineData(Gateway, "192.0.2.66, 198.51.100.9, 10.7.7.7, 127.0.0.1", "198.51.100.9")]
    // What can't be read ends it at who sent it.
    [InlineData(Gateway, "198.51.100.9, unknown", Gateway)]
    [InlineData(Gateway, "198.51.100.9, _hidden", Gateway)]
    [InlineData(Gateway, "198.51.100.9, 999.1.1.1", Gateway)]
    [InlineData(Gateway, "198.51.100.9, 10.7.7.7, evil.example", Gateway)]
    [InlineData(Gateway, "<script>", Gateway)]
    public async Task A_trusted_proxy_is_believed_about_its_own_peer_alone(string peer, string said, string client)
    {
        await using var service = await WhoseAddress.StartAsync("10.0.0.0/8");
        var taken = (await service.AskAsync(peer, [(For, said), .. Lies])).Split(' ')[1];
        Assert.Equal(client, taken.Replace("::ffff:", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_thousand_entries_change_nothing_of_that()
    {
        await using var service = await WhoseAddress.StartAsync("10.0.0.0/8");
        var made = string.Join(", ", Enumerable.Range(0, 1000).Select(entry => $"10.{entry / 256}.{entry % 256}.1"));
        Assert.StartsWith($"200 {Stranger} ", await service.AskAsync(Stranger, (For, made)), StringComparison.Ordinal);
        Assert.StartsWith("200 198.51.100.9 ", await service.AskAsync(Gateway, (For, $"{made}, 198.51.100.9")), StringComparison.Ordinal);
        Assert.StartsWith("200 198.51.100.9 ", await service.AskAsync(Gateway, (For, $"198.51.100.9, {made}")), StringComparison.Ordinal);
        // In lines of their own they count as one list.
        Assert.StartsWith("200 198.51.100.9 ", await service.AskAsync(Gateway, (For, "192.0.2.66"), (For, "198.51.100.9"), (For, "10.7.7.7")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Gateway, "https", "https")]
    [InlineData(Gateway, "http, https", "https")]
    [InlineData(Gateway, "javascript:", "http")]
    [InlineData(Gateway, "https://evil", "http")]
    [InlineData(Stranger, "https", "http")]
    public async Task Whether_a_client_came_by_https_is_for_trusted_proxies_to_say(string peer, string said, string scheme)
    {
        await using var service = await WhoseAddress.StartAsync("10.0.0.0/8");
        Assert.Equal(scheme, (await service.AskAsync(peer, (For, "198.51.100.9"), ("X-Forwarded-Proto", said))).Split(' ')[2]);
    }
}
