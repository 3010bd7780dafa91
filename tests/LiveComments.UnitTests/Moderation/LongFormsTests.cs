using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.UnitTests.Moderation;

/// <summary>Characters that are phrases when they are taken apart.</summary>
public sealed class LongFormsTests
{
    // Eighteen letters.
    private const string Phrase = "\uFDFA";

    [Fact]
    public void A_text_of_whole_phrases_is_looked_at_as_no_longer_than_it_was_written() =>
        Assert.InRange(FoldedText.Of(string.Concat(Enumerable.Repeat(Phrase, 500))).Plain.Length, 0, 500);

    [Theory]
    [InlineData("idiot" + Phrase)]
    [InlineData(Phrase + "\u3316 idiot")]
    [InlineData("id\uFB00iot", "idffiot")]
    public void Words_beside_them_are_found_and_short_ligatures_are_letters(string text, string word = "idiot") =>
        Assert.Equal(ModerationAction.Hold, WordList.Compile([new WordRule(word, ModerationActions.Hold)]).List!.Find(FoldedText.Of(text)).Action);

    [Fact]
    public void A_text_without_them_is_left_as_it_is()
    {
        const string Text = "㎏ ½ ﬁ ﬃ ㍿";
        Assert.Same(Text, LongForms.WithoutThem(Text));
    }
}
