using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.Scores.Languages;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;
using Xunit.Abstractions;

namespace LiveComments.UnitTests.Moderation;

/// <summary>Which language a comment is in, and the rule about it. All examples here are our own, and none of them is in the prior.</summary>
public sealed class LanguageTests(ITestOutputHelper output)
{
    private static readonly (string Language, string Text)[] Comments =
    [
        ("en", "the cake was delicious, my grandmother makes the same"), ("en", "why is everybody shouting at the dog"), ("en", "this bridge looks different from last year"),
        ("de", "der kuchen war lecker, meine oma macht den gleichen"), ("de", "warum schreien denn alle den hund an"), ("de", "diese brücke sieht anders aus als letztes jahr"),
        ("fr", "le gâteau était délicieux, ma grand-mère fait le même"), ("fr", "pourquoi tout le monde crie sur le chien"), ("fr", "ce pont est différent de l'année dernière"),
        ("es", "el pastel estaba riquísimo, mi abuela hace uno igual"), ("es", "por qué le gritan todos al perro"), ("es", "este puente se ve distinto que el año pasado"),
        ("it", "la torta era buonissima, mia nonna ne fa una uguale"), ("it", "perché gridano tutti al cane"), ("it", "questo ponte sembra diverso dall'anno scorso"),
        ("pt", "o bolo estava uma delícia, a minha avó faz um igual"), ("pt", "por que todo mundo está gritando com o cachorro"), ("pt", "essa ponte não era assim no ano passado"),
        ("nl", "de taart was heerlijk, mijn oma maakt precies dezelfde"), ("nl", "waarom schreeuwt iedereen tegen de hond"), ("nl", "deze brug ziet er anders uit dan vorig jaar"),
        ("pl", "ciasto było pyszne, moja babcia robi takie samo"), ("pl", "dlaczego wszyscy krzyczą na psa"), ("pl", "ten most wygląda inaczej niż w zeszłym roku"),
        ("tr", "pasta çok lezzetliydi, anneannem de aynısını yapıyor"), ("tr", "neden herkes köpeğe bağırıyor"), ("tr", "bu köprü geçen yılkinden farklı görünüyor"),
        ("sv", "tårtan var jättegod, min mormor gör en likadan"), ("sv", "varför skriker alla på hunden"), ("sv", "den här bron ser annorlunda ut än förra året"),
        ("id", "kuenya enak sekali, nenek saya juga membuat yang sama"), ("id", "kenapa semua orang berteriak kepada anjing itu"), ("id", "jembatan ini kelihatan berbeda dari tahun lalu"),
        ("vi", "bánh ngon lắm, bà tôi cũng làm giống như vậy"), ("vi", "tại sao mọi người lại la con chó"), ("vi", "cây cầu này trông khác năm ngoái"),
        ("ro", "prăjitura a fost delicioasă, bunica mea face la fel"), ("ro", "de ce țipă toată lumea la câine"), ("ro", "podul acesta arată altfel decât anul trecut"),
        ("cs", "dort byl výborný, moje babička dělá stejný"), ("cs", "proč všichni křičí na toho psa"), ("cs", "tenhle most vypadá jinak než loni"),
        ("fi", "kakku oli herkullista, mummoni tekee samanlaista"), ("fi", "miksi kaikki huutavat koiralle"), ("fi", "tämä silta näyttää erilaiselta kuin viime vuonna"),
        ("ru", "торт был очень вкусный, моя бабушка печёт такой же"), ("ru", "почему все кричат на собаку"), ("ru", "этот мост выглядит не так, как в прошлом году"),
        ("uk", "торт був дуже смачний, моя бабуся пече такий самий"), ("uk", "чому всі кричать на собаку"), ("uk", "цей міст виглядає не так, як торік"),
        ("ar", "الكعكة كانت لذيذة وجدتي تصنع مثلها"), ("ar", "لماذا يصرخ الجميع على الكلب"), ("fa", "کیک خیلی خوشمزه بود، مادربزرگم هم همین را درست می‌کند"), ("fa", "چرا همه سر سگ داد می‌زنند"),
        ("ja", "ケーキがとても美味しかったです"), ("ja", "犬にみんなで叫ばないで"), ("zh", "蛋糕很好吃，我奶奶也会做"), ("zh", "为什么大家都对狗大喊大叫"), ("ko", "케이크가 정말 맛있었어요"), ("th", "เค้กอร่อยมาก ยายของฉันก็ทำแบบนี้"),
        ("he", "העוגה הייתה טעימה מאוד"), ("el", "το κέικ ήταν πολύ νόστιμο"), ("hi", "केक बहुत स्वादिष्ट था"), ("bn", "কেকটা খুব মজার ছিল"), ("ta", "கேக் மிகவும் சுவையாக இருந்தது"), ("ka", "ნამცხვარი ძალიან გემრიელი იყო"),
    ];

    [Fact]
    public void Languages_are_told_apart_in_single_sentences()
    {
        Assert.InRange(LanguageModel.Codes.Length, 13, ModerationLimits.MaxLanguages);
        var wrong = Comments.Where(comment => LanguageModel.Shared.Guess(comment.Text).Best != comment.Language).ToList();
        var sure = Comments.Count(comment => LanguageModel.Shared.Guess(comment.Text).Confidence >= LanguageFilter.DefaultConfidence);
        output.WriteLine($"{Comments.Length - wrong.Count} of {Comments.Length} right, {sure} of them for sure; wrong: {string.Join("; ", wrong)}");
        Assert.InRange((double)wrong.Count / Comments.Length, 0, 0.03);
        Assert.InRange((double)sure / Comments.Length, 0.85, 1);
        Assert.DoesNotContain(wrong, comment => LanguageModel.Shared.Guess(comment.Text).Confidence >= LanguageFilter.DefaultConfidence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lol")]
    [InlineData("haha 😂😂😂")]
    [InlineData("gg wp")]
    [InlineData("12345 !!! 🔥🔥🔥")]
    [InlineData("@somebody_with_a_long_name #averylongtag https://example.org/auf/deutsch/geschrieben")]
    [InlineData("Ω")]
    public void Of_what_is_too_short_nothing_is_said(string text)
    {
        var guess = LanguageModel.Shared.Guess(text);
        Assert.Null(guess.Best);
        Assert.Equal(0, guess.Confidence);
        Assert.Equal(0, guess.IsNoneOf([0]));
    }

    [Fact]
    public void The_rule_stops_what_surely_is_in_another_language_and_nothing_else()
    {
        var (rules, fault) = RuleSet.Compile(new ModerationRules { Language = new LanguageRule(ModerationActions.Hold, ["en", "de-AT"]) });
        Assert.Null(fault);
        Assert.True(rules!.AsksForScores && rules.AsksForLanguage);
        foreach (var (language, text) in Comments)
        {
            var verdict = Look(rules, text);
            if (language is "en" or "de")
                Assert.Equal(Verdict.Fine, verdict);
        }

        Assert.Equal(new Verdict(ModerationAction.Hold, ReasonCodes.Language, "ru"), Look(rules, "почему все кричат на собаку"));
        Assert.Equal(new Verdict(ModerationAction.Hold, ReasonCodes.Language, "fr"), Look(rules, "pourquoi tout le monde crie sur le chien"));
        Assert.InRange(Comments.Count(comment => comment.Language is not ("en" or "de") && Look(rules, comment.Text).Action == ModerationAction.Hold) / (Comments.Length - 6.0), 0.9, 1);
        foreach (var text in new[] { "lol", "ok", "😍😍", "привет", "bravo!", "GOOOOOOOAL", "hahahahahaha", "ronaldo" })
            Assert.Equal(Verdict.Fine, Look(rules, text));
        // An English comment on a foreign word.
        Assert.Equal(Verdict.Fine, Look(rules, "what does спасибо mean, is that thank you"));
    }

    [Theory]
    [InlineData("""{"language":{"action":"hold"}}""", "allowed")]
    [InlineData("""{"language":{"action":"hold","allowed":[]}}""", "allowed")]
    [InlineData("""{"language":{"action":"hold","allowed":["tlh"]}}""", "tlh")]
    [InlineData("""{"language":{"action":"hold","allowed":[null]}}""", "told apart")]
    [InlineData("""{"language":{"action":"burn","allowed":["en"]}}""", "action")]
    [InlineData("""{"language":{"allowed":["en"]}}""", "action")]
    [InlineData("""{"language":{"action":"hold","allowed":["en"],"confidence":0.5}}""", "confidence")]
    [InlineData("""{"language":{"action":"hold","allowed":["en"],"confidence":1}}""", "confidence")]
    public void A_rule_that_is_wrong_says_so(string json, string about) =>
        Assert.Contains(about, RuleSet.Compile(System.Text.Json.JsonSerializer.Deserialize(json, ContractsJson.Default.ModerationRules)!).Fault, StringComparison.Ordinal);

    [Fact]
    public void Emoji_have_a_mood_and_no_words_have_none()
    {
        var scorer = new CommentScorer();
        Assert.Equal(0.5, scorer.MoodOf("!!!"));
        Assert.InRange(scorer.MoodOf("😍🎉"), 0.7, 1);
        Assert.InRange(scorer.MoodOf("😡💔"), 0, 0.3);
        // Remembered by its words, which are the same.
        Assert.InRange(scorer.MoodOf("the boat on the left 😢") + 0.2, 0, scorer.MoodOf("the boat on the left 😀"));
        var unknown = new[] { "wie spät ist es bei euch", "おはよう", "what time is it there", "tämä silta näyttää erilaiselta", "number nine", "selamat pagi" };
        output.WriteLine(string.Join("; ", unknown.Select(text => $"{text} {scorer.MoodOf(text):0.00}")));
        Assert.InRange(unknown.Average(scorer.MoodOf), 0.4, 0.6);
    }

    private static Verdict Look(RuleSet rules, string text)
    {
        var folded = FoldedText.Of(text);
        return rules.Look(new Candidate("s", "u", text, []), folded, default, new CommentScorerOfTests().Score(text, folded));
    }

    // The models are the same for all.
    private sealed class CommentScorerOfTests
    {
        private static readonly CommentScorer Scorer = new();

        public CommentScores Score(string text, FoldedText folded) => Scorer.Score(text, folded, withLanguage: true);
    }
}
