using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.ConformanceTests.Jwt;

/// <summary>Good tokens, and the tools to spoil them.</summary>
internal static class Tokens
{
    public const string Issuer = "https://issuer.test";
    public const string Audience = "live-comments";

    public static SymmetricSecurityKey Secret { get; } = new(RandomNumberGenerator.GetBytes(32)) { KeyId = "secret" };

    public static TokenValidationParameters Parameters(params SecurityKey[] keys) => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Audience,
        IssuerSigningKeys = keys,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
        ClockSkew = TimeSpan.FromSeconds(5),
    };

    public static SecurityTokenDescriptor Descriptor(SecurityKey key, string algorithm = SecurityAlgorithms.HmacSha256) => new()
    {
        Issuer = Issuer,
        Audience = Audience,
        Expires = Now.AddMinutes(5),
        Claims = new Dictionary<string, object> { ["sub"] = "user-1", ["role"] = "moderator" },
        SigningCredentials = new SigningCredentials(key, algorithm),
    };

    public static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    public static string Create(SecurityTokenDescriptor descriptor) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);

    /// <summary>A token of any header and payload, signed rightly with HS256.</summary>
    public static string Forge(string header, string payload, byte[] secret)
    {
        var data = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}";
        return $"{data}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(data)))}";
    }

    public static string Payload(string more = "") =>
        $$"""{"iss":"{{Issuer}}","aud":"{{Audience}}","exp":{{new DateTimeOffset(Now.AddMinutes(5)).ToUnixTimeSeconds()}},"sub":"user-1"{{more}}}""";

    public static async Task<TokenValidationResult> ValidateAsync(string token, TokenValidationParameters parameters) =>
        await new JsonWebTokenHandler().ValidateTokenAsync(token, parameters);

    public static async Task RefusedAsync<TException>(string token, TokenValidationParameters parameters) where TException : Exception
    {
        var result = await ValidateAsync(token, parameters);
        Assert.False(result.IsValid);
        Assert.IsAssignableFrom<TException>(result.Exception);
    }
}
