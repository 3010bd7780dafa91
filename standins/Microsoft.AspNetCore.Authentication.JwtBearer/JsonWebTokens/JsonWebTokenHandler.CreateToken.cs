#nullable disable
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

public partial class JsonWebTokenHandler
{
    /// <summary>Signs what the descriptor says. Without signing credentials the token is unsigned and nobody should trust it.</summary>
    public virtual string CreateToken(SecurityTokenDescriptor tokenDescriptor)
    {
        ArgumentNullException.ThrowIfNull(tokenDescriptor);
        var credentials = tokenDescriptor.SigningCredentials;
        if (credentials is not null && !credentials.Key.IsSupportedAlgorithm(credentials.Algorithm))
        {
            throw new NotSupportedException(
                $"The key {credentials.Key} can't sign with {credentials.Algorithm}. Here HS256 takes a secret of 256 bits or more, RS256 an RSA key of 2,048 or more, ES256 a key on P-256.");
        }

        var data = Encode(Header(tokenDescriptor)) + "." + Encode(Payload(tokenDescriptor));
        var signature = credentials?.Key.Signature.Sign(System.Text.Encoding.ASCII.GetBytes(data)) ?? [];
        return $"{data}.{Base64UrlEncoder.Encode(signature)}";
    }

    private static JsonObject Header(SecurityTokenDescriptor descriptor)
    {
        var credentials = descriptor.SigningCredentials;
        var header = new JsonObject { [JwtHeaderParameterNames.Alg] = credentials?.Algorithm ?? SecurityAlgorithms.None };
        if (!string.IsNullOrEmpty(credentials?.Kid))
            header[JwtHeaderParameterNames.Kid] = credentials.Kid;
        header[JwtHeaderParameterNames.Typ] = string.IsNullOrEmpty(descriptor.TokenType) ? JwtConstants.HeaderType : descriptor.TokenType;
        foreach (var (name, value) in descriptor.AdditionalHeaderClaims ?? new Dictionary<string, object>())
        {
            if (name is JwtHeaderParameterNames.Alg or JwtHeaderParameterNames.Kid or JwtHeaderParameterNames.X5t)
                throw new SecurityTokenException($"The header's '{name}' follows from the signing credentials.");
            header[name] = JsonSerializer.SerializeToNode(value);
        }

        return header;
    }

    private JsonObject Payload(SecurityTokenDescriptor descriptor)
    {
        var payload = new JsonObject();
        foreach (var claim in descriptor.Subject?.Claims ?? [])
            Add(payload, claim.Type, ToNode(claim));
        foreach (var (name, value) in descriptor.Claims ?? new Dictionary<string, object>())
            payload[name] = value is DateTime time ? ToSeconds(time) : JsonSerializer.SerializeToNode(value);

        string[] audiences = [.. descriptor.Audiences, .. descriptor.Audience is { Length: > 0 } one ? [one] : Array.Empty<string>()];
        if (audiences.Length > 0)
            payload[JwtRegisteredClaimNames.Aud] = audiences.Length == 1 ? audiences[0] : JsonSerializer.SerializeToNode(audiences);
        if (!string.IsNullOrEmpty(descriptor.Issuer))
            payload[JwtRegisteredClaimNames.Iss] = descriptor.Issuer;

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        SetTime(payload, JwtRegisteredClaimNames.Exp, descriptor.Expires, now.AddMinutes(TokenLifetimeInMinutes));
        SetTime(payload, JwtRegisteredClaimNames.Iat, descriptor.IssuedAt, now);
        SetTime(payload, JwtRegisteredClaimNames.Nbf, descriptor.NotBefore, now);
        return payload;
    }

    private void SetTime(JsonObject payload, string name, DateTime? said, DateTime usual)
    {
        if (said is { } time)
            payload[name] = ToSeconds(time);
        else if (SetDefaultTimesOnTokenCreation && !payload.ContainsKey(name))
            payload[name] = ToSeconds(usual);
    }

    private static void Add(JsonObject payload, string name, JsonNode value)
    {
        if (!payload.TryGetPropertyValue(name, out var known))
            payload[name] = value;
        else if (known is JsonArray several)
            several.Add(value);
        else
            payload[name] = new JsonArray(known.DeepClone(), value);
    }

    private static JsonNode ToNode(Claim claim) => claim.ValueType switch
    {
        ClaimValueTypes.Boolean when bool.TryParse(claim.Value, out var value) => value,
        ClaimValueTypes.Integer or ClaimValueTypes.Integer32 or ClaimValueTypes.Integer64
            when long.TryParse(claim.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) => value,
        ClaimValueTypes.Double when double.TryParse(claim.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        JsonClaimValueTypes.Json or JsonClaimValueTypes.JsonArray => JsonNode.Parse(claim.Value),
        _ => claim.Value,
    };

    private static long ToSeconds(DateTime time)
    {
        // A time of no kind is taken for UTC, not for the machine's zone.
        var utc = time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime();
        return (long)Math.Floor((utc - DateTime.UnixEpoch).TotalSeconds);
    }

    private static string Encode(JsonObject json) => Base64UrlEncoder.Encode(JsonSerializer.SerializeToUtf8Bytes(json));
}
