using System.Security.Cryptography;
using System.Text;

namespace LiveComments.Api.Log;

/// <summary>The <c>Nats-Msg-Id</c> by which the log recognises a retry.</summary>
static class MessageId
{
    // 128 bits: no two acts of a day share one by chance.
    private const int Bytes = 16;

    /// <summary>A hash of what makes the act this one. The parts are told apart by their lengths, so "a"+"bc" is not "ab"+"c".</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Bytes));
    }
}
