using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LiveComments.Faults.Servers;

namespace LiveComments.Faults.Load;

/// <summary>Bearer tokens made here with the key that the services share.</summary>
static class Tokens
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static string Of(string user, TimeProvider clock)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            $$"""{"iss":"livecomments","aud":"livecomments","iat":{{now}},"nbf":{{now - 60}},"exp":{{now + (long)Lifetime.TotalSeconds}},"sub":"{{user}}","preferred_username":"{{user}}","name":"{{user}}","role":"user"}"""))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(FaultySystem.SigningKey), Encoding.ASCII.GetBytes(signed)))}";
    }
}
