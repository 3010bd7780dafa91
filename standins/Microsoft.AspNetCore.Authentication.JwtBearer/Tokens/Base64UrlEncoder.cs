#nullable disable
using System.Buffers.Text;
using System.Text;

namespace Microsoft.IdentityModel.Tokens;

public static class Base64UrlEncoder
{
    public static string Encode(string arg)
    {
        ArgumentNullException.ThrowIfNull(arg);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(arg));
    }

    public static string Encode(byte[] inArray)
    {
        ArgumentNullException.ThrowIfNull(inArray);
        return Base64Url.EncodeToString(inArray);
    }

    public static byte[] DecodeBytes(string str)
    {
        ArgumentNullException.ThrowIfNull(str);
        return Base64Url.DecodeFromChars(str);
    }

    public static string Decode(string arg) => Encoding.UTF8.GetString(DecodeBytes(arg));
}
