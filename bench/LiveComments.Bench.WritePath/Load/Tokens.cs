using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LiveComments.Bench.WritePath.Load;

/// <summary>Bearer tokens made here with the key that the servers share: asking for 100,000 of them would be a benchmark of its own.</summary>
static class Tokens
{
    /// <summary>Of this run; nothing outlives it.</summary>
    public static readonly string SigningKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    public static byte[][] Make(int count, TimeProvider clock)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var key = Encoding.UTF8.GetBytes(SigningKey);
        var tokens = new byte[count][];
        for (var user = 0; user < count; user++)
            tokens[user] = Make(key, $"user-{user}", now);
        return tokens;
    }

    private static byte[] Make(byte[] key, string user, long now)
    {
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            $$"""{"iss":"livecomments","aud":"livecomments","iat":{{now}},"nbf":{{now - 60}},"exp":{{now + (long)Lifetime.TotalSeconds}},"sub":"{{user}}","preferred_username":"{{user}}","name":"{{user}}","role":"user"}"""))}";
        return Encoding.ASCII.GetBytes($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}");
    }
}
