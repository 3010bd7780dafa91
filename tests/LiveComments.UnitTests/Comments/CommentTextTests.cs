using System.Globalization;
using System.Text;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Comments;

public sealed class CommentTextTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  hello \n", "hello")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("two\nlines", "two\nlines")]
    [InlineData("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦")]
    public void Good_text_is_stored_trimmed_and_composed(string content, string stored) => Assert.Equal((stored, null), CommentText.Normalize(content));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200b\0")]
    [InlineData("bell\a")]
    [InlineData("escape\u001b[31m")]
    [InlineData("c1\u0085")]
    [InlineData("no character \ufffe")]
    [InlineData("no character either \ufdd0")]
    [InlineData("z\u0300\u0301\u0302\u0303\u0304 zalgo")]
    public void Bad_text_is_refused_with_a_sentence(string? content)
    {
        var (text, fault) = CommentText.Normalize(content);
        Assert.Null(text);
        Assert.StartsWith("'content' ", fault, StringComparison.Ordinal);
    }

    // Not as attributes: those are stored as UTF-8, which has no half of a surrogate pair.
    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        foreach (var content in new[] { "\ud83d alone", "alone \udc00", "\udc00\ud83d swapped", "at the end \ud83d" })
            Assert.Null(CommentText.Normalize(content).Text);
    }

    [Fact]
    public void Length_counts_what_people_see()
    {
        const string Family = "👩‍👩‍👧";
        Assert.NotNull(CommentText.Normalize(string.Concat(Enumerable.Repeat(Family, Limits.MaxContentCharacters))).Text);
        Assert.Null(CommentText.Normalize(string.Concat(Enumerable.Repeat(Family, Limits.MaxContentCharacters + 1))).Text);
        Assert.NotNull(CommentText.Normalize(new string('x', Limits.MaxContentCharacters)).Text);
        Assert.Null(CommentText.Normalize(new string('x', Limits.MaxContentCharacters + 1)).Text);
    }

    [Fact]
    public void The_short_way_for_ascii_says_what_the_rules_in_full_say() => Seed.ForEach(5000, random =>
    {
        // Around the limit, with control characters and line ends now and then.
        var length = random.Next(3) switch { 0 => random.Next(4), 1 => random.Next(60), _ => Limits.MaxContentCharacters + random.Next(-3, 12) };
        var units = random.Next(2) == 0 ? "ab \r\n\t" : "abc,@ \r\n\t\0\u001b\u007f";
        var content = string.Create(length, (random, units), static (text, from) =>
        {
            foreach (ref var unit in text)
                unit = from.random.Next(8) == 0 ? from.units[from.random.Next(from.units.Length)] : 'x';
        }).Replace("\r", random.Next(2) == 0 ? "\r\n" : "\r", StringComparison.Ordinal);
        if (content.Length > 0)
            Assert.Equal(CommentText.NormalizeUnicode(content), CommentText.Normalize(content));
    });

    [Fact]
    public void Whatever_passes_is_a_fixed_point_within_all_limits() => Seed.ForEach(2000, random =>
    {
        var content = RandomText(random);
        if (CommentText.Normalize(content).Text is not { } text)
            return;
        Assert.Equal((text, null), CommentText.Normalize(text));
        Assert.True(text.IsNormalized(NormalizationForm.FormC));
        Assert.InRange(new StringInfo(text).LengthInTextElements, 1, Limits.MaxContentCharacters);
        Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
    });

    [Theory]
    [InlineData("hi @ada and @bob.", "ada,bob")]
    [InlineData("@ada @ADA @ada", "ada")]
    [InlineData("mail me@example.com", "")]
    [InlineData("@", "")]
    [InlineData("(@x_y-z)", "x_y-z")]
    [InlineData("@@ada", "ada")]
    public void Mentions_are_names_after_an_at_sign(string text, string mentions) => Assert.Equal(mentions, string.Join(',', CommentText.MentionsIn(text)));

    private static string RandomText(Random random)
    {
        string[] pieces = ["a", " ", "é", "e\u0301", "\u0301", "日", "👩‍👧", "\n", "\t", "\u202e", "\u2066", "\ufeff", "ﬁ", "\ud83d", "\0", "x", "@y"];
        var builder = new StringBuilder();
        for (var length = random.Next(0, 60); length > 0; length--)
            builder.Append(pieces[random.Next(100) < 97 ? random.Next(pieces.Length - 4) : random.Next(pieces.Length)]);
        return builder.ToString();
    }
}
