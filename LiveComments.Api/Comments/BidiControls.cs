using System.Buffers;
using System.Text;

namespace LiveComments.Api.Comments;

/// <summary>
/// Invisible characters that change the direction of text. Left open, they reach beyond the comment: the name, the time and
/// the comments after it run backwards. So each comment closes what it opens.
/// </summary>
/// <remarks>
/// Embeddings and overrides are taken out: isolates do what honest writers want of them, and overrides are mostly used to
/// disguise text. Isolates stay, each closed within its line at the latest, since a line is a paragraph in some places
/// where it is shown and a part of one in others. Marks (U+200E, U+200F, U+061C) reach no further than the characters
/// beside them, and stay as they are.
/// </remarks>
static class BidiControls
{
    private const char PopIsolate = '\u2069';

    private static readonly SearchValues<char> All = SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <summary>The text with no embeddings and overrides, and with each isolate closed once, within its line.</summary>
    public static string Close(string text)
    {
        if (!text.AsSpan().ContainsAny(All))
            return text;
        var closed = new StringBuilder(text.Length + 1);
        var open = 0;
        foreach (var character in text)
        {
            switch (character)
            {
                case >= '\u202A' and <= '\u202E':
                    continue;
                case '\u2066' or '\u2067' or '\u2068':
                    open++;
                    break;
                case PopIsolate when open == 0:
                    continue;
                case PopIsolate:
                    open--;
                    break;
                case '\n' or '\r' or '\u2029':
                    closed.Append(PopIsolate, open);
                    open = 0;
                    break;
            }

            closed.Append(character);
        }

        return closed.Append(PopIsolate, open).ToString();
    }
}
