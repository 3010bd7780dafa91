#nullable disable
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>A signed token in compact form, read but not checked.</summary>
public class JsonWebToken : SecurityToken
{
    private readonly JsonParts _header, _payload;
    private readonly string _token;
    private readonly int _firstDot, _secondDot;
    private List<Claim> _claims;

    public JsonWebToken(string jwtEncodedString)
    {
        ArgumentException.ThrowIfNullOrEmpty(jwtEncodedString);
        _token = jwtEncodedString;
        _firstDot = _token.IndexOf('.', StringComparison.Ordinal);
        _secondDot = _firstDot < 0 ? -1 : _token.IndexOf('.', _firstDot + 1);
        if (_secondDot < 0 || _token.IndexOf('.', _secondDot + 1) >= 0)
            throw new SecurityTokenMalformedException("A signed token has three parts.");
        _header = JsonParts.Decode(_token.AsSpan(0, _firstDot), "header");
        _payload = JsonParts.Decode(_token.AsSpan(_firstDot + 1, _secondDot - _firstDot - 1), "payload");
        if (!StrictBase64Url.TryDecode(_token.AsSpan(_secondDot + 1), out var signature))
            throw new SecurityTokenMalformedException("The token's signature is no base64url text.");
        Signature = signature;
        ValidFrom = _payload.Time(JwtRegisteredClaimNames.Nbf) ?? DateTime.MinValue;
        ValidTo = _payload.Time(JwtRegisteredClaimNames.Exp) ?? DateTime.MinValue;
        IssuedAt = _payload.Time(JwtRegisteredClaimNames.Iat) ?? DateTime.MinValue;
        Audiences = _payload.Strings(JwtRegisteredClaimNames.Aud);
    }

    public string EncodedHeader => _token[.._firstDot];

    public string EncodedPayload => _token[(_firstDot + 1).._secondDot];

    public string EncodedSignature => _token[(_secondDot + 1)..];

    public string EncodedToken => _token;

    public bool IsSigned => Signature.Length > 0;

    public override SecurityKey SecurityKey => null;

    public override SecurityKey SigningKey { get; set; }

    public string Alg => _header.String(JwtHeaderParameterNames.Alg) ?? "";

    public string Cty => _header.String(JwtHeaderParameterNames.Cty) ?? "";

    public string Kid => _header.String(JwtHeaderParameterNames.Kid) ?? "";

    public string Typ => _header.String(JwtHeaderParameterNames.Typ) ?? "";

    public string X5t => _header.String(JwtHeaderParameterNames.X5t) ?? "";

    public override string Id => _payload.String(JwtRegisteredClaimNames.Jti) ?? "";

    public override string Issuer => _payload.String(JwtRegisteredClaimNames.Iss) ?? "";

    public string Subject => _payload.String(JwtRegisteredClaimNames.Sub) ?? "";

    public string Azp => _payload.String(JwtRegisteredClaimNames.Azp) ?? "";

    public IEnumerable<string> Audiences { get; }

    public DateTime IssuedAt { get; }

    public override DateTime ValidFrom { get; }

    public override DateTime ValidTo { get; }

    public virtual IEnumerable<Claim> Claims => _claims ??= CreateClaims(Issuer);

    internal byte[] Signature { get; }

    internal JsonParts Header => _header;

    internal JsonParts Payload => _payload;

    /// <summary>What the signature is over.</summary>
    internal byte[] SignedBytes => Encoding.ASCII.GetBytes(_token, 0, _secondDot);

    public Claim GetClaim(string key) =>
        TryGetClaim(key, out var claim) ? claim : throw new ArgumentException($"The token has no claim '{key}'.", nameof(key));

    public bool TryGetClaim(string key, out Claim value)
    {
        value = Claims.FirstOrDefault(claim => claim.Type == key);
        return value is not null;
    }

    public T GetHeaderValue<T>(string key) => Get<T>(_header, key);

    public T GetPayloadValue<T>(string key) => Get<T>(_payload, key);

    public bool TryGetHeaderValue<T>(string key, out T value) => TryGet(_header, key, out value);

    public bool TryGetPayloadValue<T>(string key, out T value) => TryGet(_payload, key, out value);

    public bool TryGetValue<T>(string key, out T value) => TryGet(_payload, key, out value);

    // A token in a log is a key under the mat: the signature stays out.
    public override string ToString() => $"{EncodedHeader}.{EncodedPayload}";

    internal List<Claim> CreateClaims(string issuer)
    {
        var claims = new List<Claim>();
        foreach (var (name, value) in _payload.Members)
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in value.EnumerateArray())
                    claims.Add(CreateClaim(name, item, issuer));
            }
            else
            {
                claims.Add(CreateClaim(name, value, issuer));
            }
        }

        return claims;
    }

    private static Claim CreateClaim(string name, JsonElement value, string issuer)
    {
        var (text, type) = value.ValueKind switch
        {
            JsonValueKind.String => (value.GetString(), ClaimValueTypes.String),
            JsonValueKind.True => ("true", ClaimValueTypes.Boolean),
            JsonValueKind.False => ("false", ClaimValueTypes.Boolean),
            JsonValueKind.Number when value.TryGetInt32(out _) => (value.GetRawText(), ClaimValueTypes.Integer),
            JsonValueKind.Number when value.TryGetInt64(out _) => (value.GetRawText(), ClaimValueTypes.Integer64),
            JsonValueKind.Number => (value.GetRawText(), ClaimValueTypes.Double),
            JsonValueKind.Null => ("", JsonClaimValueTypes.JsonNull),
            JsonValueKind.Array => (value.GetRawText(), JsonClaimValueTypes.JsonArray),
            _ => (value.GetRawText(), JsonClaimValueTypes.Json),
        };
        var by = string.IsNullOrEmpty(issuer) ? ClaimsIdentity.DefaultIssuer : issuer;
        return new Claim(name, text, type, by, by);
    }

    private static T Get<T>(JsonParts parts, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return parts.Has(key) ? parts.Value<T>(key) : throw new ArgumentException($"The token does not say '{key}'.", nameof(key));
    }

    private static bool TryGet<T>(JsonParts parts, string key, out T value)
    {
        value = default;
        if (string.IsNullOrEmpty(key) || !parts.Has(key))
            return false;
        try
        {
            value = parts.Value<T>(key);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or NotSupportedException)
        {
            return false;
        }
    }
}
