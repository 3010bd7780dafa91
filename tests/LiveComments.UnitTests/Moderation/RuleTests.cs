using LiveComments.Api.Comments;
using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Moderation;

/// <summary>Patterns, links, floods and repetitions.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("(", "no regular expression")]
    [InlineData("[z-a]", "no regular expression")]
    [InlineData(@"(a)\1", "too costly")]
    [InlineData("(?=a)b", "too costly")]
    [InlineData("(?<!a)b", "too costly")]
    [InlineData("(?>a+)b", "too costly")]
    [InlineData("((((a{100}){100}){100}){100})", "too costly")]
    [InlineData("(?:a{999}){999}", "too costly")]
    [InlineData("a*", "every comment")]
    [InlineData("", "missing")]
    public void A_pattern_that_is_none_or_too_costly_is_refused_and_named(string pattern, string fault)
    {
        var (list, said) = PatternList.Compile([new("fine", ModerationActions.Hold), new(pattern, ModerationActions.Hold)]);
        Assert.Null(list);
        Assert.StartsWith("patterns[1] ", said, StringComparison.Ordinal);
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    // What brings an engine that goes back to its knees.
    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("(a|a?)+b")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData(@"^(\d+\s?)+$")]
    [InlineData(@"(.*)*x")]
    [InlineData(@"(\w*)*@(\w*)*\.com")]
    [InlineData(@"^(?:.?){50}a{50}$")]
    public void Evil_patterns_end_like_others(string pattern)
    {
        var (list, fault) = PatternList.Compile([new(pattern, ModerationActions.Reject)]);
        Assert.True(list is not null || fault is not null);
        foreach (var text in new[] { new string('a', 8000) + "!", new string('1', 8000) + "x", string.Concat(Enumerable.Repeat("a@", 4000)) })
            list?.Find(text, FoldedText.Of(text));
    }

    [Fact]
    public void Patterns_see_the_text_as_written_and_as_meant()
    {
        var list = PatternList.Compile([new(@"free\s+(coins|gems)", ModerationActions.Reject), new(@"\$\d{3,}", ModerationActions.Hold)]).List!;
        Assert.Equal(ModerationAction.Reject, list.Find("get FREE coins", FoldedText.Of("get FREE coins")).Action);
        Assert.Equal(ModerationAction.Reject, list.Find("ｆｒее ᴄoins", FoldedText.Of("ｆｒее ᴄoins")).Action);
        Assert.Equal(ModerationAction.Hold, list.Find("won $5000", FoldedText.Of("won $5000")).Action);
        Assert.Equal(Verdict.Fine, list.Find("freedom", FoldedText.Of("freedom")));
    }

    [Theory]
    [InlineData("see https://foe.example/path?q=1", "foe.example")]
    [InlineData("hxxp://foe.example", "foe.example")]
    [InlineData("http:/foe.example", "foe.example")]
    [InlineData(@"http:\\foe.example", "foe.example")]
    [InlineData("HTTPS : // FOE.example", "foe.example")]
    [InlineData("http://10.0.0.1/", "10.0.0.1")]
    [InlineData("http://localhost", "localhost")]
    [InlineData("www.foe.example", "www.foe.example")]
    [InlineData("foe.com", "foe.com")]
    [InlineData("Foe.COM.", "foe.com")]
    [InlineData("foe[.]com", "foe.com")]
    [InlineData("foe (dot) com", "foe.com")]
    [InlineData("foe dot com", "foe.com")]
    [InlineData("foe{.}com", "foe.com")]
    [InlineData("ｆｏｅ．ｃｏｍ", "foe.com")]
    [InlineData("foe。com", "foe.com")]
    [InlineData("f\u200Boe.c\u00ADom", "foe.com")]
    [InlineData("short.example/x", "short.example")]
    [InlineData("пример.рф", "пример.рф")]
    [InlineData("xn--e1afmkfd.xn--p1ai/x", "xn--e1afmkfd.xn--p1ai")]
    [InlineData("http://friend.example@foe.example/", "foe.example")]
    [InlineData("http://friend.example:x@foe.example/", "foe.example")]
    [InlineData("friend.example.foe.com", "friend.example.foe.com")]
    [InlineData("notfriend.com", "notfriend.com")]
    public void Addresses_are_found_however_they_are_spelled(string text, string host)
    {
        var filter = LinkFilter.Compile(new LinkRule(ModerationActions.Hold, ["friend.example", "friend.com"])).Filter!;
        Assert.Equal(new Verdict(ModerationAction.Hold, ReasonCodes.Link, host), filter.Find(text));
    }

    [Theory]
    [InlineData("no address at all")]
    [InlineData("That was it.So good")]
    [InlineData("Wait...what")]
    [InlineData("yes.it is")]
    [InlineData("3.5/5, v2.0 and e.g. this/that")]
    [InlineData("Node.js or file.txt")]
    [InlineData("write to me@foe.com")]
    [InlineData("https://friend.example/x")]
    [InlineData("https://a.b.friend.example")]
    [InlineData("Friend.COM")]
    [InlineData("@foe.example")]
    [InlineData("red dot sight")]
    [InlineData("and/or // comment")]
    [InlineData(": /")]
    public void What_is_no_address_or_an_allowed_one_passes(string text) =>
        Assert.Equal(Verdict.Fine, LinkFilter.Compile(new LinkRule(ModerationActions.Hold, ["friend.example", "friend.com"])).Filter!.Find(text));

    [Fact]
    public void Links_that_are_no_domains_are_refused() =>
        Assert.Contains("'http://x/'", LinkFilter.Compile(new LinkRule(ModerationActions.Hold, ["http://x/"])).Fault, StringComparison.Ordinal);

    [Fact]
    public void Mentions_and_emoji_are_counted_as_people_see_them()
    {
        var rules = Compile(new ModerationRules { Mentions = new(ModerationActions.Reject, 2), Emoji = new(ModerationActions.Drop, 3) });
        Assert.Equal(Verdict.Fine, Look(rules, "@a and @b 👍"));
        Assert.Equal(new Verdict(ModerationAction.Reject, ReasonCodes.Mentions), Look(rules, "@a @b @c"));
        Assert.Equal(Verdict.Fine, Look(rules, "👨‍👩‍👧‍👦👍🏽🇩🇪"));
        Assert.Equal(new Verdict(ModerationAction.Drop, ReasonCodes.Emoji), Look(rules, "👨‍👩‍👧‍👦👍🏽🇩🇪1️⃣"));
        Assert.True(Emoji.IsAllOf("👨‍👩‍👧‍👦 👍🏽"));
        Assert.False(Emoji.IsAllOf("👍 yes"));
        Assert.False(Emoji.IsAllOf(""));
    }

    [Fact]
    public void Who_is_new_here_is_known_by_the_first_comment()
    {
        var rules = Compile(new ModerationRules { NewUsers = new(ModerationActions.Hold, 60) });
        Assert.Equal(ModerationAction.Hold, rules.Look(new Candidate("s", "u", "hi", [], TimeSpan.FromSeconds(59)), FoldedText.Of("hi"), default).Action);
        Assert.Equal(ModerationAction.Approve, rules.Look(new Candidate("s", "u", "hi", [], TimeSpan.FromSeconds(60)), FoldedText.Of("hi"), default).Action);
        Assert.Equal(ModerationAction.Approve, Look(rules, "hi").Action);
    }

    [Fact]
    public void What_is_said_again_or_nearly_is_counted_for_its_user_and_its_stream()
    {
        var clock = new ManualTimeProvider();
        clock.Advance(TimeSpan.FromSeconds(1));
        var recent = new RecentTexts(clock);
        Assert.Equal((1, 1), Say("ada", "Subscribe to my channel for free things, friends"));
        Assert.Equal((2, 2), Say("ada", "SUBSCRIBE to my channel for free things, friends!!"));
        Assert.Equal((3, 3), Say("ada", "subscribe to my channel for free thingz, friends 1"));
        Assert.Equal((1, 4), Say("bob", "subscribe to my channel for free things friends"));
        Assert.Equal((1, 1), Say("bob", "what a beautiful goal that was, was it not"));
        Assert.Equal((1, 1), Say("bob", "gg"));
        Assert.Equal((1, 1), Say("bob", "gg"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((1, 1), Say("ada", "Subscribe to my channel for free things, friends"));

        (int, int) Say(string user, string text) => recent.Add(user, "s", Shingles.Of(FoldedText.Of(text).Plain));
    }

    [Theory]
    [InlineData("""{"duplicates":{"action":"reject","perUser":0}}""")]
    [InlineData("""{"duplicates":{"action":"explode","perUser":1}}""")]
    [InlineData("""{"mentions":{"action":"reject","max":-1}}""")]
    [InlineData("""{"emoji":{"action":null,"max":1}}""")]
    [InlineData("""{"links":{"action":"no"}}""")]
    [InlineData("""{"words":[null]}""")]
    [InlineData("""{"words":[{"word":"x y","action":"hold","match":"anything"}]}""")]
    [InlineData("""{"patterns":[{"pattern":null,"action":"hold"}]}""")]
    public void Rules_that_say_nothing_sensible_are_refused(string json) =>
        Assert.NotNull(RuleSet.Compile(System.Text.Json.JsonSerializer.Deserialize(json, ContractsJson.Default.ModerationRules)!).Fault);

    // As long as a comment can get, and of the kinds that cost most; that it takes no longer than others is measured by bench.
    [Fact]
    public void Hostile_texts_are_looked_at_to_their_end()
    {
        var words = Enumerable.Range(0, 2000).Select(index => new WordRule(new string('一', 1 + index % 39) + (char)('丁' + index), ModerationActions.Hold)).Append(new("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", ModerationActions.Hold));
        var rules = Compile(new ModerationRules
        {
            Words = [.. words],
            Patterns = [new(@"(a+)+$", ModerationActions.Hold)],
            Links = new(ModerationActions.Hold),
            Mentions = new(ModerationActions.Hold, 3),
            Emoji = new(ModerationActions.Hold, 500),
        });
        string[] texts =
        [
            new('一', 8000), new('a', 10_000), string.Concat(Enumerable.Repeat("a ", 5000)), string.Concat(Enumerable.Repeat("a.", 5000)), string.Concat(Enumerable.Repeat("a*", 5000)),
            string.Concat(Enumerable.Repeat("1!|", 3000)), new('.', 10_000), string.Concat(Enumerable.Repeat("http://", 1400)), string.Concat(Enumerable.Repeat("@a.", 3000)),
            string.Concat(Enumerable.Repeat("👨‍👩‍👧‍👦", 500)), "a" + new string('\u0301', 9000), new('\u200B', 10_000), string.Concat(Enumerable.Repeat(" dot ", 2000)), string.Concat(Enumerable.Repeat("ﷺ", 3000)),
        ];
        foreach (var text in texts)
            Look(rules, text);
    }

    private static RuleSet Compile(ModerationRules rules)
    {
        var (set, fault) = RuleSet.Compile(rules);
        Assert.Null(fault);
        return set!;
    }

    private static Verdict Look(RuleSet rules, string content) =>
        rules.Look(new Candidate("s", "u", content, CommentText.MentionsIn(content)), FoldedText.Of(content), default);
}
