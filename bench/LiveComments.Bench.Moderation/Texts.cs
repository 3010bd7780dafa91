namespace LiveComments.Bench.Moderation;

/// <summary>What is looked at.</summary>
static class Texts
{
    private const int HostileCharacters = 10_000;

    public static readonly string[] Ordinary =
    [
        "that was a great shot, right?!", "hello from Lisbon", "can somebody tell me which song this is?", "😂😂😂", "wait, did I miss the goal?", "he is so good at this @ada",
        "おはようございます、今日も楽しみです", "привет всем, кто смотрит", "the sound is a bit low on my side, but the picture is fine", "see https://example.org/results for the table",
        "I have been following this channel since 2019 and it has never been better than today, thank you all so much", "no way", "ahahahahaha", "first!", "gg wp", "¿a qué hora empieza?",
    ];

    /// <summary>Of 10 KB, and of the kinds that cost most.</summary>
    public static readonly string[] Hostile =
    [
        Filled("一"), Filled("a"), Filled("a "), Filled("a."), Filled("a*"), Filled("1!|"), Filled("."), Filled("http://"), Filled("@a."), Filled("👨‍👩‍👧‍👦"), "a" + Filled("\u0301"),
        Filled("\u200B"), Filled(" dot "), Filled("ﷺ"), Filled("aA4@"), Filled("i d i o t "), Filled("ѕсаm-"), Filled("word12 "), Filled("hxxp[.]"), Filled("ааа "),
    ];

    /// <summary>What brings an engine that goes back to its knees, each with a text that does.</summary>
    public static readonly (string Pattern, string Text)[] Evil =
    [
        ("(a+)+$", Filled("a") + "!"), ("^(a|aa)+$", Filled("a") + "!"), ("(a|a?)+b", Filled("a")), ("^(([a-z])+.)+[A-Z]([a-z])+$", Filled("a")), (@"^(\d+\s?)+$", Filled("1") + "x"),
        (@"(\w*)*@(\w*)*\.com", Filled("a@")), (@"(x+x+)+y", Filled("x")), (@"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*@$", Filled("a.")),
    ];

    private const int ShownCharacters = 8;

    /// <summary>Enough of a hostile text to know it by, with what can't be seen in hexadecimal digits.</summary>
    public static string Beginning(string text) =>
        string.Concat(text[..ShownCharacters].EnumerateRunes().Select(rune => rune.IsAscii && rune.Value != '|' || System.Text.Rune.IsLetter(rune) ? rune.ToString() : $"\\u{rune.Value:X4}"));

    // Whole parts: half of a character never gets here.
    private static string Filled(string part) => string.Concat(Enumerable.Repeat(part, HostileCharacters / part.Length));
}
