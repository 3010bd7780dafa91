using System.Text;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>What emoji add to the mood of the words beside them; most comments that have a mood have it there.</summary>
static class Moods
{
    /// <summary>Neither glad nor sad.</summary>
    public const double Neutral = 0.5;

    // Of the model's own measure: one emoji makes 0.5 to 0.73, three to 0.95, and more change nothing.
    private const int MaxBalance = 3;

    private const string Glad = "😀😃😄😁😆😅😂🤣😊😇🙂😉😍🥰😘😋😎🤩🥳😻🤗❤🧡💛💚💙💜💕💖💗🥂👍👏🙌🔥💯🎉✨🌟💪🏆😌🤭☺♥";
    private const string Sad = "😞😔😟😕🙁☹😣😖😫😩🥺😢😭😤😠😡🤬👎💔😨😰😱🤮🤢😒🙄😿😓😥";

    private static readonly Dictionary<Rune, int> Weights = Glad.EnumerateRunes().Select(rune => (rune, 1)).Concat(Sad.EnumerateRunes().Select(rune => (rune, -1))).ToDictionary();

    /// <param name="ofWords">0 to 1.</param>
    /// <param name="text">As it was written.</param>
    public static double With(double ofWords, string text)
    {
        if (Ascii.IsValid(text))
            return ofWords;
        var balance = 0;
        foreach (var rune in text.EnumerateRunes())
            balance += Weights.GetValueOrDefault(rune);
        if (balance == 0)
            return ofWords;
        var words = Math.Clamp(ofWords, 0.001, 0.999);
        return 1 / (1 + Math.Exp(-(Math.Log(words / (1 - words)) + Math.Clamp(balance, -MaxBalance, MaxBalance))));
    }
}
