using LiveComments.Api.Web;
using Microsoft.Extensions.Primitives;

namespace LiveComments.UnitTests.ApiWeb;

public sealed class EntityTagTests
{
    [Theory]
    [InlineData("\"{0}\"", true)]
    [InlineData("W/\"{0}\"", true)]
    [InlineData("\"a\", \"{0}\"", true)]
    [InlineData("*", true)]
    [InlineData("\"a\"", false)]
    [InlineData("{0}", false)]
    [InlineData("", false)]
    [InlineData("\"", false)]
    public void If_none_match_names_a_tag_or_does_not(string header, bool matches)
    {
        var tag = EntityTags.TagOf("body"u8);
        Assert.Equal(matches, EntityTags.Matches(new StringValues(header.Replace("{0}", tag.Tag.ToString().Trim('"'), StringComparison.Ordinal)), tag));
    }

    [Fact]
    public void Equal_bytes_have_one_tag_and_others_another()
    {
        Assert.Equal(EntityTags.TagOf("body"u8).Tag, EntityTags.TagOf("body"u8).Tag);
        Assert.NotEqual(EntityTags.TagOf("body"u8).Tag, EntityTags.TagOf("Body"u8).Tag);
    }
}
