using System.Text;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core;

namespace LiveComments.ConformanceTests.Nats;

[Collection(NatsCollection.Name)]
public sealed class HeaderTests(NatsFixture fixture)
{
    [Fact]
    public async Task Utf8_values_survive_with_utf8_header_encoding()
    {
        var received = await RoundTripAsync(new NatsHeaders { ["Name"] = "Zoë 🎉 日本" }, NatsTesting.Opts(fixture.Server) with { HeaderEncoding = Encoding.UTF8 });
        Assert.Equal("Zoë 🎉 日本", received["Name"]);
    }

    [Fact]
    public async Task Repeated_names_keep_all_their_values_in_order()
    {
        var received = await RoundTripAsync(new NatsHeaders { ["Tag"] = new StringValues(["a", "b", "c"]), ["Other"] = "x" });
        Assert.Equal("a,b,c", string.Join(",", received["Tag"].ToArray()));
        Assert.Equal("x", received["Other"]);
        Assert.Equal(2, received.Count);
        Assert.True(received.TryGetLastValue("tag", out var last));
        Assert.Equal("c", last);
    }

    [Fact]
    public async Task Values_with_colons_and_no_text_survive()
    {
        var received = await RoundTripAsync(new NatsHeaders { ["Url"] = "http://a:1/b?c=d: e", ["Nothing"] = "" });
        Assert.Equal("http://a:1/b?c=d: e", received["Url"]);
        Assert.True(received.ContainsKey("Nothing"));
        Assert.Equal("", received["Nothing"]);
    }

    [Theory]
    [InlineData("with space", "v")]
    [InlineData("with:colon", "v")]
    [InlineData("Name", "line\r\nbreak: x")]
    public async Task Header_that_would_break_the_block_is_refused(string name, string value)
    {
        await using var nats = await NatsTesting.ConnectAsync(fixture.Server);
        await Assert.ThrowsAsync<NatsException>(async () => await nats.PublishAsync("bad.header", 1, new NatsHeaders { [name] = value }));
        await nats.PingAsync();
    }

    [Fact]
    public void Names_know_no_case_and_missing_ones_are_empty()
    {
        var headers = new NatsHeaders { ["Key"] = "v" };
        Assert.Equal("v", headers["KEY"]);
        Assert.Equal(StringValues.Empty, headers["none"]);
        Assert.False(headers.TryGetLastValue("none", out _));
        headers["key"] = StringValues.Empty;
        Assert.Empty(headers);
    }

    private async Task<NatsHeaders> RoundTripAsync(NatsHeaders headers, NatsOpts? opts = null)
    {
        await using var nats = await NatsTesting.ConnectAsync(opts ?? NatsTesting.Opts(fixture.Server));
        var subject = $"headers.{Guid.NewGuid():N}";
        await using var sub = await nats.SubscribeCoreAsync<byte[]>(subject);
        await nats.PublishAsync(subject, "body"u8.ToArray(), headers);
        var msg = await sub.Msgs.ReadAsync(NatsTesting.Deadline);
        Assert.Equal("body"u8.ToArray(), msg.Data);
        return msg.Headers!;
    }
}
