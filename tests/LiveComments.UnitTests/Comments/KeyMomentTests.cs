using LiveComments.Api.Comments;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Comments;

public sealed class KeyMomentTests
{
    [Fact]
    public void A_uuid_of_version_7_says_when_it_was_made() => Seed.ForEach(1_000, random =>
    {
        var made = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(1L << 47));
        var key = Guid.CreateVersion7(made).ToString();
        Assert.Equal(made, KeyMoment.Of(random.Next(2) == 0 ? key : key.ToUpperInvariant()));
    });

    [Theory]
    [InlineData("")]
    [InlineData("key")]
    [InlineData("0190163d-8694-439b-aea5-966c26f8ad91")] // version 4
    [InlineData("0190163d-8694-739b-2ea5-966c26f8ad91")] // another variant
    [InlineData("0190163d8694739baea5966c26f8ad91")]
    [InlineData("{0190163d-8694-739b-aea5-966c26f8ad91}")]
    [InlineData("ffffffff-ffff-7fff-bfff-ffffffffffff")] // after the calendar's end
    public void Nothing_else_does(string key) => Assert.Null(KeyMoment.Of(key));
}
