using System.Globalization;

namespace LiveComments.Api.Comments;

/// <summary>Comment ids are positive 64-bit numbers in decimal, spelled in one way only.</summary>
static class CommentId
{
    public static bool TryParse(string? text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0 && text![0] != '0';

    public static string ToText(long id) => id.ToString(CultureInfo.InvariantCulture);
}
