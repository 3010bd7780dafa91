using LiveComments.Api.Moderation.Text;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Moderation;

/// <summary>Long texts are folded like short ones.</summary>
public sealed class FoldedTextTests
{
    private const int MaxParts = 6_000;

    private static readonly string[] Parts = ["a", "idiot", ".", "*", "1", "𝐢", "e\u0301", "\u200B", "一", "का", "㎑", "ﬃ", "ß", "Æ", "zzzz", "٣", "ｗ", "-"];

    [Fact]
    public void A_text_of_many_words_is_folded_word_by_word_however_long_it_is() => Seed.ForEach(20, random =>
    {
        // Of two letters or more each: single ones in a row would be one word with gaps.
        var words = Enumerable.Range(0, random.Next(1, MaxParts)).Select(_ => "xy" + Parts[random.Next(Parts.Length)] + "uv").ToList();
        var whole = FoldedText.Of(string.Join(' ', words));
        Assert.Equal(string.Join(' ', words.Select(word => FoldedText.Of(word).ToPlainText())), whole.ToPlainText());
        Assert.Equal(words.SelectMany(word => FoldedText.Of(word).Masked).Take(whole.Masked.Count), whole.Masked);
    });

    [Fact]
    public void Letters_are_counted_as_often_as_they_stand_there()
    {
        Assert.Equal(10_000, Assert.Single(FoldedText.Of(new string('a', 10_000)).Unmasked.ToArray()).Run);
        Assert.Equal(ushort.MaxValue, Assert.Single(FoldedText.Of(new string('a', 100_000)).Unmasked.ToArray()).Run);
    }
}
