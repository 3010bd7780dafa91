using LiveComments.Api.Streams;
using LiveComments.Contracts;

namespace LiveComments.UnitTests.Streams;

public sealed class CreateStreamRulesTests
{
    [Fact]
    public void What_Postgres_could_not_store_never_reaches_the_log()
    {
        foreach (var stream in new CreateStream[]
        {
            new("nul \0 inside"),
            new("line\nbreak"),
            new("t", Description: "nul \0 inside"),
            new("t", VideoUrl: "https://example.org/\0"),
            new("t", ThumbnailUrl: "https://example.org/\n"),
        })
            Assert.NotNull(CreateStreamRules.FaultOf(stream));
        Assert.Null(CreateStreamRules.FaultOf(new CreateStream(" title\n", Description: "two\r\nlines\tand a tab", VideoUrl: "https://example.org/a.mp4")));
    }
}
