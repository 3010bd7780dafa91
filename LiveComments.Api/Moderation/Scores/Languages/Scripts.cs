using System.Text;

namespace LiveComments.Api.Moderation.Scores.Languages;

/// <summary>How a letter is written: which languages it can belong to.</summary>
static class Scripts
{
    // Those of several languages, which letters next to each other tell apart.
    public const string Latin = "latin";
    public const string Cyrillic = "cyrillic";
    public const string Arabic = "arabic";

    public const string Han = "han";
    public const string Kana = "kana";

    /// <summary>One of the above, the code of the one language that is written so, or null for what is no letter of a script that is known here.</summary>
    public static string? Of(Rune rune) => !Rune.IsLetter(rune) ? null : rune.Value switch
    {
        <= 0x024F or (>= 0x1E00 and <= 0x1EFF) => Latin,
        >= 0x0370 and <= 0x03FF or (>= 0x1F00 and <= 0x1FFF) => "el",
        >= 0x0400 and <= 0x052F => Cyrillic,
        >= 0x0531 and <= 0x058F => "hy",
        >= 0x0590 and <= 0x05FF => "he",
        (>= 0x0600 and <= 0x06FF) or (>= 0x0750 and <= 0x077F) or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF) => Arabic,
        >= 0x0900 and <= 0x097F => "hi",
        >= 0x0980 and <= 0x09FF => "bn",
        >= 0x0B80 and <= 0x0BFF => "ta",
        >= 0x0C00 and <= 0x0C7F => "te",
        >= 0x0E00 and <= 0x0E7F => "th",
        >= 0x10A0 and <= 0x10FF => "ka",
        (>= 0x1100 and <= 0x11FF) or (>= 0x3130 and <= 0x318F) or (>= 0xAC00 and <= 0xD7AF) => "ko",
        (>= 0x3040 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0xFF66 and <= 0xFF9F) => Kana,
        (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0x20000 and <= 0x3FFFF) => Han,
        _ => null,
    };

    /// <summary>Languages that have a script to themselves, as far as we can tell.</summary>
    public static readonly string[] OfOneLanguage = ["el", "hy", "he", "hi", "bn", "ta", "te", "th", "ka", "ko", "ja", "zh"];
}
