using LiveComments.Contracts;
using LiveComments.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace LiveComments.UnitTests.Gateway;

/// <summary>What the gateway may send a second time.</summary>
public sealed class SecondTryTests
{
    private const string Comments = "/api/streams/s/comments";

    [Theory]
    [InlineData("GET", Comments, false, true)]
    [InlineData("HEAD", Comments, false, true)]
    [InlineData("PUT", "/api/users/ada/follow", false, true)]
    [InlineData("DELETE", $"{Comments}/1", false, true)]
    [InlineData("POST", Comments, true, true)]
    [InlineData("POST", $"{Comments}/1/reactions", true, true)]
    [InlineData("POST", Comments, false, false)]
    [InlineData("POST", "/api/streams/s/reactions", false, false)]
    [InlineData("POST", "/api/streams/s/reactions", true, false)]
    [InlineData("POST", "/api/streams", true, false)]
    [InlineData("PATCH", Comments, true, false)]
    public void What_does_no_harm_twice_may_come_twice(string method, string path, bool hasKey, bool expected) =>
        Assert.Equal(expected, SecondTry.MayComeTwice(Request(method, path, hasKey, length: 2)));

    [Fact]
    public void A_body_that_is_not_kept_is_not_sent_again()
    {
        Assert.False(SecondTry.MayComeTwice(Request("PUT", "/api/streams/s/moderation/rules", hasKey: false, Limits.MaxRequestBodyBytes + 1)));
        var chunked = Request("POST", Comments, hasKey: true, length: null);
        chunked.Request.Headers.TransferEncoding = "chunked";
        Assert.False(SecondTry.MayComeTwice(chunked));
    }

    [Theory]
    [InlineData(true, null, Limits.MaxRequestBodyBytes)]
    [InlineData(true, 19L, null)]
    [InlineData(false, null, Limits.MaxRequestBodyBytes)]
    public async Task A_body_that_is_kept_is_read_again_whole_whether_it_says_its_length_or_not(bool isChunked, long? length, int? most)
    {
        var body = "{\"content\":\"Hello\"}"u8.ToArray();
        var context = Request("POST", Comments, hasKey: true, length);
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new Body());
        if (most is { } bytes)
            context.Features.Set<IHttpMaxRequestBodySizeFeature>(new Most { MaxRequestBodySize = bytes });
        // HTTP/2 has no such field.
        if (isChunked && length is null)
            context.Request.Headers.TransferEncoding = "chunked";
        context.Request.Body = new MemoryStream(body);
        Assert.True(SecondTry.MayComeTwice(context));
        for (var time = 0; time < 2; time++)
        {
            using var read = new MemoryStream();
            await context.Request.Body.CopyToAsync(read);
            Assert.Equal(body, read.ToArray());
            SecondTry.Rewind(context.Request);
        }
    }

    [Fact]
    public void A_body_of_unknown_length_where_more_is_let_through_is_not_kept()
    {
        var context = Request("PUT", "/api/streams/s/moderation/rules", hasKey: false, length: null);
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new Body());
        context.Features.Set<IHttpMaxRequestBodySizeFeature>(new Most { MaxRequestBodySize = Limits.MaxRulesBodyBytes });
        Assert.False(SecondTry.MayComeTwice(context));
    }

    [Fact]
    public void A_machine_that_does_not_answer_a_knock_was_not_reached_and_an_answer_that_does_not_come_was_asked_for()
    {
        Assert.True(SecondTry.WasRefused(new Failure(ForwarderError.RequestTimedOut, new TaskCanceledException("x", new TimeoutException()))));
        Assert.False(SecondTry.WasRefused(new Failure(ForwarderError.RequestTimedOut, new TaskCanceledException())));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public void Only_what_never_got_to_a_connection_was_refused(HttpRequestError error, bool wasRefused)
    {
        var failure = new Failure(ForwarderError.Request, new HttpRequestException(error, "x"));
        Assert.Equal(wasRefused, SecondTry.WasRefused(failure));
        Assert.True(SecondTry.WasCut(failure));
    }

    [Theory]
    [InlineData(ForwarderError.RequestBodyDestination, true)]
    [InlineData(ForwarderError.ResponseBodyDestination, true)]
    [InlineData(ForwarderError.RequestBodyClient, false)]
    [InlineData(ForwarderError.ResponseBodyClient, false)]
    [InlineData(ForwarderError.RequestCanceled, false)]
    [InlineData(ForwarderError.RequestTimedOut, true)]
    public void What_the_client_did_or_gave_up_was_not_cut(ForwarderError error, bool wasCut) =>
        Assert.Equal(wasCut, SecondTry.WasCut(new Failure(error, new IOException())));

    private static DefaultHttpContext Request(string method, string path, bool hasKey, long? length)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.ContentLength) = (method, path, length);
        if (hasKey)
            context.Request.Headers[LiveHeaders.IdempotencyKey] = "key";
        return context;
    }

    private sealed class Body : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }

    private sealed class Most : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }

    private sealed record Failure(ForwarderError Error, Exception Exception) : IForwarderErrorFeature;
}
