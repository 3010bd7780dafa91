namespace LiveComments.Api.Moderation.Text;

/// <summary>Characters that pass for others to the eye, and what they pass for. Written down by looking at them, most used first.</summary>
static class LookAlikes
{
    // What it looks like after what it is. Lower case, since case is folded first; what compatibility decomposition
    // takes apart (ⓐ, 𝐚, ａ, ª, ﬁ) need not be here.
    private const string Cyrillic = "аaвbеeкkмmнhоoрpсcтtуyхxѕsіiїiјjԛqԝwһhԁdѵvӏlёeєe";
    private const string Greek = "αaβbεeηnιiκkνvοoρpτtυuχxωwϲcϳjςσ";
    private const string SmallCapitals = "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpǫqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz";
    private const string Latin = "ɑaɐaəeɛeɜeƒfɡgɦhħhıiɩiɨiȷjƙkłlɫlƚlɭlɱmŋnƞnɲnøoɵoɔoƥpɍrɾrʂsŧtƭtʉuʊuʋvⱱvɯwƴyƶzʐzđdðdɖdɗdȼcƀbɓb";
    private const string Others = "օoոnսuհhցgզqյjꭺaᎪaᏴbᏟcᎠdᎬeᏀgᎻhᎥiᎫjᏦkᏞlᎷmᏢpᎡrᏚsᎢtᏙvᎳwᏃzℓl℮e";

    private static readonly Dictionary<int, char> Table = Make();

    /// <summary>The letter that the code point passes for; itself when it passes for none.</summary>
    public static int Of(int code) => code switch
    {
        < 0x80 => code,
        // Regional indicators, and letters in filled circles and squares: 🇦, 🅐, 🅰.
        >= 0x1F1E6 and <= 0x1F1FF => 'a' + code - 0x1F1E6,
        >= 0x1F150 and <= 0x1F169 => 'a' + code - 0x1F150,
        >= 0x1F170 and <= 0x1F189 => 'a' + code - 0x1F170,
        _ => Table.TryGetValue(code, out var letter) ? letter : code,
    };

    /// <summary>The letter that a digit or sign passes for among letters; 0 for none. I and l share one, since 1, ! and | pass for both.</summary>
    public static char AmongLetters(int code) => code switch
    {
        '0' => 'o',
        '1' or '!' or '|' or 'l' or '£' or '¡' => 'i',
        '2' => 'z',
        '3' or '€' => 'e',
        '4' or '@' => 'a',
        '5' or '$' or '§' => 's',
        '6' or '9' => 'g',
        '7' or '+' => 't',
        '8' => 'b',
        '¢' => 'c',
        _ => '\0',
    };

    private static Dictionary<int, char> Make()
    {
        var table = new Dictionary<int, char>();
        foreach (var pairs in (ReadOnlySpan<string>)[Cyrillic, Greek, SmallCapitals, Latin, Others])
        {
            for (var index = 0; index < pairs.Length; index += 2)
            {
                table[pairs[index]] = pairs[index + 1];
                // Cherokee has its lower case far from its upper case, and fonts have the latter alone.
                table[char.ToLowerInvariant(pairs[index])] = pairs[index + 1];
            }
        }

        return table;
    }
}
