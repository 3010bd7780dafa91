using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>Base64url as RFC 7515 wants it: its 64 characters, no padding, no white space, no unused bits set, so that no two texts mean the same.</summary>
internal static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
            return false;
        var decoded = Base64Url.DecodeFromChars(text);
        var lastGroup = text.Length % 4;
        if (lastGroup != 0 && !Base64Url.EncodeToString(decoded.AsSpan(decoded.Length - (lastGroup - 1))).AsSpan().SequenceEqual(text[^lastGroup..]))
            return false;
        bytes = decoded;
        return true;
    }
}
