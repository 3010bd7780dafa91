#nullable disable
using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>Makes, reads and checks JSON Web Tokens signed with HS256, RS256 or ES256.</summary>
public partial class JsonWebTokenHandler : TokenHandler
{
    public static IDictionary<string, string> DefaultInboundClaimTypeMap = new Dictionary<string, string>(ClaimTypeMapping.Inbound);

    public static bool DefaultMapInboundClaims;

    private Dictionary<string, string> _inboundClaimTypeMap;

    public JsonWebTokenHandler() => _inboundClaimTypeMap = DefaultMapInboundClaims ? new(DefaultInboundClaimTypeMap) : [];

    public static string ShortClaimTypeProperty { get; set; } = "http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/ShortTypeName";

    public Type TokenType => typeof(JsonWebToken);

    /// <summary>Whether short claim names, such as <c>sub</c>, become .NET's long ones.</summary>
    public bool MapInboundClaims
    {
        get => _mapInboundClaims;
        set
        {
            if (value && _inboundClaimTypeMap.Count == 0)
                _inboundClaimTypeMap = new(DefaultInboundClaimTypeMap);
            _mapInboundClaims = value;
        }
    }

    private bool _mapInboundClaims = DefaultMapInboundClaims;

    public IDictionary<string, string> InboundClaimTypeMap
    {
        get => _inboundClaimTypeMap;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _inboundClaimTypeMap = new(value);
        }
    }

    public virtual bool CanValidateToken => true;

    /// <summary>Whether the text has the form of a token.</summary>
    public virtual bool CanReadToken(string token) =>
        !string.IsNullOrWhiteSpace(token) && token.Length <= MaximumTokenSizeInBytes && token.AsSpan().Count('.') == 2;

    public virtual JsonWebToken ReadJsonWebToken(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        if (token.Length > MaximumTokenSizeInBytes)
            throw new ArgumentException($"The token is longer than {MaximumTokenSizeInBytes} bytes.", nameof(token));
        return new JsonWebToken(token);
    }

    public override SecurityToken ReadToken(string token) => ReadJsonWebToken(token);

    protected virtual ClaimsIdentity CreateClaimsIdentity(JsonWebToken jwtToken, TokenValidationParameters validationParameters, string issuer)
    {
        ArgumentNullException.ThrowIfNull(jwtToken);
        ArgumentNullException.ThrowIfNull(validationParameters);
        var identity = validationParameters.CreateClaimsIdentity(jwtToken, issuer);
        foreach (var claim in jwtToken.CreateClaims(issuer))
        {
            if (!MapInboundClaims || !_inboundClaimTypeMap.TryGetValue(claim.Type, out var longType))
            {
                identity.AddClaim(claim);
                continue;
            }

            var mapped = new Claim(longType, claim.Value, claim.ValueType, claim.Issuer, claim.OriginalIssuer);
            mapped.Properties[ShortClaimTypeProperty] = claim.Type;
            identity.AddClaim(mapped);
        }

        if (validationParameters.SaveSigninToken)
            identity.BootstrapContext = jwtToken.EncodedToken;
        return identity;
    }
}
