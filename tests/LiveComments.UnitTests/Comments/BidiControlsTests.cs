using System.Text;
using LiveComments.Api.Comments;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Comments;

/// <summary>No comment turns the text around it.</summary>
public sealed class BidiControlsTests
{
    private const string Embeddings = "\u202A\u202B\u202C\u202D\u202E";
    private const string Isolates = "\u2066\u2067\u2068";
    private const char Pop = '\u2069';
    private const string Marks = "\u200E\u200F\u061C";

    [Theory]
    [InlineData("\u202Egnp.exe", "gnp.exe")]
    [InlineData("a\u202Bb\u202Cc", "abc")]
    [InlineData("\u2067שלום", "\u2067שלום\u2069")]
    [InlineData("\u2067שלום\u2069 and on", "\u2067שלום\u2069 and on")]
    [InlineData("out\u2069 of it", "out of it")]
    [InlineData("\u2066a\u2067b\u2069", "\u2066a\u2067b\u2069\u2069")]
    [InlineData("\u2067one\ntwo\u2069", "\u2067one\u2069\ntwo")]
    [InlineData("price \u200Fשלום\u200E 5", "price \u200Fשלום\u200E 5")]
    // Taken out before anything else is looked at: between a letter and its accent, and at the end behind a space.
    [InlineData("e\u202E\u0301", "\u00e9")]
    [InlineData("end \u202C", "end")]
    public void Overrides_go_and_isolates_are_closed(string content, string stored) => Assert.Equal((stored, null), CommentText.Normalize(content));

    [Fact]
    public void Nothing_but_overrides_is_an_empty_comment() => Assert.Null(CommentText.Normalize(" \u202E\u202C ").Text);

    [Fact]
    public void Whatever_is_written_reaches_no_further_than_its_own_line() => Seed.ForEach(5000, random =>
    {
        var text = BidiControls.Close(Random(random));
        Assert.DoesNotContain(text, character => Embeddings.Contains(character));
        foreach (var line in text.Split('\n', '\r', '\u2029'))
        {
            var open = 0;
            foreach (var character in line)
            {
                open += Isolates.Contains(character) ? 1 : character == Pop ? -1 : 0;
                Assert.True(open >= 0, "It closes an isolate of what stands around it.");
            }

            Assert.Equal(0, open);
        }
    });

    [Fact]
    public void Nothing_else_is_changed_and_doing_it_again_changes_nothing() => Seed.ForEach(5000, random =>
    {
        var content = Random(random);
        var text = BidiControls.Close(content);
        Assert.Equal(Plain(content), Plain(text));
        Assert.Equal(text, BidiControls.Close(text));
        var (stored, _) = CommentText.Normalize(content);
        if (stored is not null)
            Assert.Equal((stored, null), CommentText.Normalize(stored));

        static string Plain(string text) => string.Concat(text.Where(character => !Embeddings.Contains(character) && !Isolates.Contains(character) && character != Pop));
    });

    [Fact]
    public void What_is_closed_already_is_kept_as_it_is() => Seed.ForEach(1000, random =>
    {
        var text = new StringBuilder();
        Nest(4);
        Assert.Equal(text.ToString(), BidiControls.Close(text.ToString()));

        void Nest(int depth)
        {
            for (var part = random.Next(4); part > 0; part--)
            {
                if (depth == 0 || random.Next(2) == 0)
                {
                    text.Append("aש" + Marks[random.Next(Marks.Length)]);
                    continue;
                }

                text.Append(Isolates[random.Next(Isolates.Length)]);
                Nest(depth - 1);
                text.Append(Pop);
            }
        }
    });

    private static string Random(Random random)
    {
        var from = Embeddings + Isolates + Isolates + Pop + Pop + Pop + Marks + "ab אב\n\r\u2029";
        return string.Create(random.Next(40), (random, from), static (text, state) =>
        {
            for (var index = 0; index < text.Length; index++)
                text[index] = state.from[state.random.Next(state.from.Length)];
        });
    }
}
