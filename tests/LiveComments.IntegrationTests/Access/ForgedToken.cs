using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Tokens of any header and payload, however they are signed.</summary>
static class ForgedToken
{
    public const string GoodHeader = """{"alg":"HS256","typ":"JWT"}""";

    public static byte[] Key { get; } = Encoding.UTF8.GetBytes(TestTokens.SigningKey);

    /// <summary>Signed with the services' own key.</summary>
    public static string Signed(string payload, string header = GoodHeader) => Signed(header, payload, data => HMACSHA256.HashData(Key, data));

    public static string Signed(string header, string payload, Func<byte[], byte[]> sign)
    {
        var data = $"{Encoded(header)}.{Encoded(payload)}";
        return $"{data}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(data)))}";
    }

    public static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A payload that is good but for what is given: JSON by name, null to leave the name out.</summary>
    public static string Payload(params (string Name, string? Json)[] instead)
    {
        var claims = new Dictionary<string, string?>
        {
            ["iss"] = "\"livecomments\"",
            ["aud"] = "\"livecomments\"",
            ["sub"] = "\"mallory\"",
            ["preferred_username"] = "\"mallory\"",
            ["exp"] = Seconds(TimeSpan.FromHours(1)),
        };
        foreach (var (name, json) in instead)
            claims[name] = json;
        return $"{{{string.Join(',', claims.Where(claim => claim.Value is not null).Select(claim => $"\"{claim.Key}\":{claim.Value}"))}}}";
    }

    /// <summary>So long from now, as tokens say times.</summary>
    public static string Seconds(TimeSpan fromNow) => (TimeProvider.System.GetUtcNow() + fromNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
