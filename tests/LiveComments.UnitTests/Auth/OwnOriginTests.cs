using LiveComments.ServiceDefaults.CrossOrigin;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LiveComments.UnitTests.Auth;

/// <summary>Which origins are the very one that a request went to.</summary>
public sealed class OwnOriginTests
{
    [Theory]
    [InlineData("http://good.example", "http", "good.example")]
    [InlineData("http://good.example:8080", "http", "good.example:8080")]
    [InlineData("HTTP://GOOD.EXAMPLE", "http", "good.example")]
    [InlineData("http://good.example", "http", "good.example:80")]
    [InlineData("https://good.example", "https", "good.example")]
    [InlineData("https://good.example", "https", "good.example:443")]
    [InlineData("http://[::1]:8080", "http", "[::1]:8080")]
    [InlineData("http://xn--bcher-kva.example", "http", "xn--bcher-kva.example")]
    // TLS that ends before us, at a proxy that says nothing of it or is not believed.
    [InlineData("https://good.example", "http", "good.example")]
    public void A_page_of_the_very_origin_is_our_own(string origin, string scheme, string host) => Assert.True(OwnOrigin.Is(origin, Request(scheme, host)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("good.example:8080")]
    [InlineData("//good.example:8080")]
    [InlineData("http:good.example:8080")]
    [InlineData("http:/good.example:8080")]
    [InlineData("h")]
    [InlineData("http://")]
    [InlineData("http://:8080")]
    [InlineData("http://good.example")]
    [InlineData("http://good.example:80")]
    [InlineData("http://good.example:8081")]
    [InlineData("http://good.example:08080x")]
    [InlineData("http://good.example:")]
    [InlineData("ftp://good.example:8080")]
    [InlineData("ws://good.example:8080")]
    [InlineData("file://good.example:8080")]
    [InlineData("chrome-extension://good.example:8080")]
    [InlineData("http://evil.example:8080")]
    [InlineData("http://www.good.example:8080")]
    [InlineData("http://example:8080")]
    [InlineData("http://good.example.:8080")]
    [InlineData("http://good.example.evil.example:8080")]
    [InlineData("http://evilgood.example:8080")]
    [InlineData("http://good.examplex:8080")]
    [InlineData("http://good-example:8080")]
    [InlineData("http://evil.example@good.example:8080")]
    [InlineData("http://good.example:8080@evil.example")]
    [InlineData("http://good.example:8080/")]
    [InlineData("http://good.example:8080/evil")]
    [InlineData("http://evil.example/http://good.example:8080")]
    [InlineData("http://good.example:8080?")]
    [InlineData("http://good.example:8080#")]
    [InlineData("http://good.example:8080\\")]
    [InlineData("http://good.example:8080,http://good.example:8080")]
    [InlineData("http://good.example:8080 http://evil.example")]
    [InlineData(" http://good.example:8080")]
    [InlineData("http://good.example:8080\t")]
    [InlineData("http://good%2eexample:8080")]
    [InlineData("http://g\u043e\u043ed.example:8080")]
    [InlineData("http://good\u3002example:8080")]
    [InlineData("http://\uff47ood.example:8080")]
    public void Whatever_only_looks_like_it_is_not(string origin) => Assert.False(OwnOrigin.Is(origin, Request("http", "good.example:8080")));

    [Fact]
    public void A_name_is_compared_as_browsers_spell_it()
    {
        // A Host goes over the wire as DNS spells it, and so does what a browser says of a page.
        Assert.True(OwnOrigin.Is("http://xn--bcher-kva.example", Request("http", "b\u00fccher.example")));
        Assert.False(OwnOrigin.Is("http://b\u00fccher.example", Request("http", "b\u00fccher.example")));
    }

    [Fact]
    public void A_page_that_came_without_TLS_is_a_stranger_where_the_request_came_with_it()
    {
        Assert.False(OwnOrigin.Is("http://good.example", Request("https", "good.example")));
        Assert.False(OwnOrigin.Is("http://good.example:443", Request("https", "good.example")));
    }

    [Fact]
    public void Behind_a_gateway_the_origin_is_what_the_browser_asked_for()
    {
        var request = Request("http", "10.0.0.7:8080");
        request.Headers["X-Forwarded-Host"] = "good.example";
        Assert.True(OwnOrigin.Is("http://good.example", request));
        Assert.False(OwnOrigin.Is("http://10.0.0.7:8080", request));
        // Said twice, nobody knows which.
        foreach (var twice in new StringValues[] { new(["good.example", "evil.example"]), "good.example, evil.example" })
        {
            request.Headers["X-Forwarded-Host"] = twice;
            Assert.False(OwnOrigin.Is("http://good.example", request));
            Assert.False(OwnOrigin.Is("http://evil.example", request));
        }
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "same-origin", true)]
    [InlineData(null, "none", true)]
    [InlineData("http://good.example:8080", "same-origin", true)]
    [InlineData("http://good.example:8080", null, true)]
    [InlineData(null, "same-site", false)]
    [InlineData(null, "cross-site", false)]
    [InlineData(null, "SAME-ORIGIN", false)]
    [InlineData("http://good.example:8081", null, false)]
    [InlineData("http://good.example:8081", "same-origin", false)]
    [InlineData("http://good.example:8080", "same-site", false)]
    [InlineData("null", "same-origin", false)]
    public void A_page_is_ours_by_all_that_its_browser_says_of_it(string? origin, string? site, bool expected)
    {
        var request = Request("http", "good.example:8080");
        if (origin is not null)
            request.Headers.Origin = origin;
        if (site is not null)
            request.Headers["Sec-Fetch-Site"] = site;
        Assert.Equal(expected, OwnOrigin.IsNotForeign(request));
    }

    [Fact]
    public void Two_origins_are_nobody_s()
    {
        var request = Request("http", "good.example:8080");
        request.Headers.Origin = new StringValues(["http://good.example:8080", "http://good.example:8080"]);
        Assert.False(OwnOrigin.IsNotForeign(request));
    }

    private static HttpRequest Request(string scheme, string host)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = (scheme, new HostString(host));
        return request;
    }
}
