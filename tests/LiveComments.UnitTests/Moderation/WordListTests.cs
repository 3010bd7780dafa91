using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Moderation;

/// <summary>Words are found however they are disguised, and nowhere else. The corpus is our own.</summary>
public sealed class WordListTests
{
    private const string Odd = "\u200B *.-_!1Il|$@\u0301\uFE0F";

    private static readonly WordList List = Compile(
        new("idiot", ModerationActions.Reject),
        new("moron", ModerationActions.Hold, WordMatches.Stem),
        new("bail", ModerationActions.Reject),
        new("loss", ModerationActions.Reject),
        new("bal", ModerationActions.Reject),
        new("go away now", ModerationActions.Reject),
        new("дурак", ModerationActions.Reject),
        new("βλάκας", ModerationActions.Reject),
        new("傻瓜", ModerationActions.Reject),
        new("バカ", ModerationActions.Reject),
        new("바보", ModerationActions.Reject, WordMatches.Stem),
        new("غبي", ModerationActions.Reject),
        new("טיפש", ModerationActions.Reject),
        new("मूर्ख", ModerationActions.Reject),
        new("โง่", ModerationActions.Reject),
        new("đồ ngốc", ModerationActions.Reject),
        new("größe", ModerationActions.Reject),
        new("idiot wind", ModerationActions.Approve));

    [Theory]
    [InlineData("idiot")]
    [InlineData("What an IDIOT!")]
    [InlineData("…idiot…")]
    [InlineData("idiot's")]
    [InlineData("ｉｄｉｏｔ")]
    [InlineData("𝐢𝐝𝐢𝐨𝐭")]
    [InlineData("𝓲𝓭𝓲𝓸𝓽")]
    [InlineData("ⓘⓓⓘⓞⓣ")]
    [InlineData("🅸🅳🅸🅾🆃")]
    [InlineData("🅘🅓🅘🅞🅣")]
    [InlineData("🇮🇩🇮🇴🇹")]
    [InlineData("ıdıoт")]
    [InlineData("іdіоt")]
    [InlineData("ιdιοτ")]
    [InlineData("ɪᴅɪᴏᴛ")]
    [InlineData("īḑíôť")]
    [InlineData("i\u0336d\u0336i\u0336o\u0336t\u0336")]
    [InlineData("i\u200Bd\u200Di\u2060o\uFEFFt")]
    [InlineData("i\u00ADdiot")]
    [InlineData("id\u034Fiot")]
    [InlineData("i\uFE0Fdiot")]
    [InlineData("i\U000E0064diot")]
    [InlineData("1d10t")]
    [InlineData("!d!0t")]
    [InlineData("|di0t")]
    [InlineData("id!ot!")]
    [InlineData("@1d10t")]
    [InlineData("i d i o t")]
    [InlineData("you i d i o t")]
    [InlineData("i.d.i.o.t")]
    [InlineData("i-d-i-o-t!")]
    [InlineData("i_d_i_o_t")]
    [InlineData("i. d. i. o. t.")]
    [InlineData("id-iot")]
    [InlineData("idiooooot")]
    [InlineData("iiiidddiiiooottt")]
    [InlineData("id*ot")]
    [InlineData("i***t")]
    [InlineData("an i**ot*")]
    [InlineData("MORONIC")]
    [InlineData("m0r0nic")]
    [InlineData("m o r o n")]
    [InlineData("morooooons")]
    [InlineData("b4il")]
    [InlineData("l0ss")]
    [InlineData("lo$$")]
    [InlineData("losssss")]
    [InlineData("baaal")]
    [InlineData("Go  away,\nNOW")]
    [InlineData("g0 aw4y n0w")]
    [InlineData("ДУРАК")]
    [InlineData("дypaк")]
    [InlineData("д у р а к")]
    [InlineData("дуррррак")]
    [InlineData("ΒΛΆΚΑΣ")]
    [InlineData("βλακας")]
    [InlineData("你是傻瓜吗")]
    [InlineData("傻 瓜 吗")]
    [InlineData("傻\u200B瓜")]
    [InlineData("ほんとバカだ")]
    [InlineData("ﾊﾞｶ")]
    [InlineData("バ\u200Bカ")]
    [InlineData("바보야")]
    [InlineData("انت غبي")]
    [InlineData("غَبِيّ")]
    [InlineData("غـبـي")]
    [InlineData("טִיפֵּשׁ")]
    [InlineData("तुम मूर्ख हो")]
    [InlineData("คนโง่มาก")]
    [InlineData("Đồ ngốc")]
    [InlineData("do ngoc")]
    [InlineData("GRÖSSE")]
    public void Disguised_words_are_found(string text) => Assert.NotEqual(ModerationAction.Approve, Find(text).Action);

    [Theory]
    [InlineData("")]
    [InlineData("idiots")]
    [InlineData("idiotic")]
    [InlineData("oxymoron")]
    [InlineData("an oxy-moronic idea is none of ours", true)]
    [InlineData("ball fall hall")]
    [InlineData("the ball is in play")]
    [InlineData("los santos")]
    [InlineData("so lo ssl")]
    [InlineData("lose some, win some")]
    [InlineData("at 10:55 on 5/5")]
    [InlineData("my phone is a 1055")]
    [InlineData("1055 10$$", true)]
    [InlineData("b4 1 l0g 0ff")]
    [InlineData("go away and come back now")]
    [InlineData("I D card and IOT")]
    [InlineData("дураки не мы")]
    [InlineData("傻，瓜子真好吃")]
    [InlineData("瓜傻")]
    [InlineData("***")]
    [InlineData("2 * 3 * 4")]
    [InlineData("a*b")]
    [InlineData("Bob Dylan: Idiot Wind")]
    [InlineData("👨‍👩‍👧‍👦🏳️‍🌈🇩🇪🇫🇷")]
    public void Other_words_are_not(string text, bool either = false)
    {
        // Where either would do, it is enough that nothing breaks.
        var verdict = Find(text);
        if (!either)
            Assert.Equal(Verdict.Fine, verdict);
    }

    [Fact]
    public void An_exception_covers_what_it_matches_and_nothing_beside_it()
    {
        Assert.Equal(ModerationAction.Approve, Find("idiot wind").Action);
        Assert.Equal(ModerationAction.Reject, Find("idiot wind, idiot").Action);
    }

    [Fact]
    public void The_severest_word_counts_and_is_named()
    {
        Assert.Equal(new Verdict(ModerationAction.Reject, ReasonCodes.Word, "idiot"), Find("moron and 1d10t"));
        Assert.Equal(new Verdict(ModerationAction.Hold, ReasonCodes.Word, "moron"), Find("m0ron"));
    }

    [Theory]
    [InlineData(" ", "neither letters nor digits")]
    [InlineData("!?", "neither letters nor digits")]
    [InlineData("a", "single letter")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "longer than")]
    public void What_is_no_word_is_refused_and_named(string word, string fault) =>
        Assert.Contains(fault, WordList.Compile([new("fine", ModerationActions.Hold), new(word, ModerationActions.Hold)]).Fault, StringComparison.Ordinal);

    [Fact]
    public void Lone_surrogates_in_a_list_break_nothing() => Assert.Null(WordList.Compile([new("a\uD800b", ModerationActions.Hold)]).Fault);

    [Fact]
    public void Ten_thousand_words_are_looked_up_as_fast_as_one()
    {
        var random = new Random(1);
        var words = Enumerable.Range(0, ModerationLimits.MaxWords - 1).Select(_ => new WordRule(RandomWord(random), ModerationActions.Reject)).Append(new("idiot", ModerationActions.Reject)).ToArray();
        var list = Compile(words);
        Assert.Equal(ModerationAction.Reject, list.Find(FoldedText.Of("what an 1d10t")).Action);
        Assert.NotNull(WordList.Compile([.. words, new("one more", ModerationActions.Hold)]).Fault);
    }

    [Fact]
    public void However_a_word_is_disguised_it_is_found() => Seed.ForEach(3000, random =>
    {
        var word = RandomWord(random);
        var list = Compile(new WordRule(word, ModerationActions.Reject));
        var text = $"{Filler(random)} {Disguised(random, word)} {Filler(random)}";
        Assert.True(list.Find(FoldedText.Of(text)).Action == ModerationAction.Reject, $"'{word}' is not found in '{text}'.");
    });

    [Fact]
    public void Whatever_is_written_is_looked_at_without_an_error() => Seed.ForEach(3000, random =>
    {
        var text = string.Create(random.Next(200), random, static (characters, random) =>
        {
            for (var index = 0; index < characters.Length; index++)
                characters[index] = random.Next(4) switch { 0 => (char)random.Next(0x20, 0x7F), 1 => (char)random.Next(0xA0, 0x600), 2 => (char)random.Next(0x600, 0xD7FF), _ => Odd[random.Next(Odd.Length)] };
        });
        _ = Find(text);
        Assert.Equal(Find(text), Find(text));
    });

    private static Verdict Find(string text) => List.Find(FoldedText.Of(text));

    private static WordList Compile(params WordRule[] rules)
    {
        var (list, fault) = WordList.Compile(rules);
        Assert.Null(fault);
        return list!;
    }

    // No letter twice in a row, so that a stretched one is told from it.
    private static string RandomWord(Random random)
    {
        const string letters = "bdfghjkmnpqrvwxyzaeou";
        var word = "";
        for (var length = random.Next(5, 11); word.Length < length;)
        {
            var letter = letters[random.Next(letters.Length)];
            if (word.Length == 0 || word[^1] != letter)
                word += letter;
        }

        return word;
    }

    private static string Filler(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(5)).Select(_ => (string[])["hello", "nice", "stream", "ok", "wow"]).Select(words => words[random.Next(words.Length)]));

    private static string Disguised(Random random, string word) => random.Next(8) switch
    {
        0 => word.ToUpperInvariant(),
        1 => string.Join('\u200B', word.ToCharArray()),
        2 => string.Join(random.Next(2) == 0 ? " " : ".", word.ToCharArray()),
        3 => string.Concat(word.Select(letter => (char)(letter - 'a' + 'ａ'))),
        4 => word.Replace('o', '0').Replace('e', '3').Replace('a', '4'),
        5 => string.Concat(word.Select(letter => letter + "\u0301")),
        6 => word.Replace('o', 'о').Replace('e', 'е').Replace('a', 'а').Replace('p', 'р').Replace('y', 'у').Replace('x', 'х'),
        _ => word.Insert(word.Length / 2, new string(word[word.Length / 2], 4)),
    };
}
