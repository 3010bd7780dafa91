#nullable disable
using System.Security.Claims;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>Which tokens are trusted, and how their claims become an identity.</summary>
public class TokenValidationParameters
{
    public static readonly string DefaultAuthenticationType = "AuthenticationTypes.Federation";
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromMinutes(5);
    public const int DefaultMaximumTokenSizeInBytes = 250 * 1024;

    private string _authenticationType;
    private TimeSpan _clockSkew = DefaultClockSkew;
    private string _nameClaimType = ClaimsIdentity.DefaultNameClaimType;
    private string _roleClaimType = ClaimsIdentity.DefaultRoleClaimType;

    public TokenValidationParameters()
    {
    }

    protected TokenValidationParameters(TokenValidationParameters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        AlgorithmValidator = other.AlgorithmValidator;
        AudienceValidator = other.AudienceValidator;
        _authenticationType = other._authenticationType;
        _clockSkew = other._clockSkew;
        ConfigurationManager = other.ConfigurationManager;
        IgnoreTrailingSlashWhenValidatingAudience = other.IgnoreTrailingSlashWhenValidatingAudience;
        IssuerSigningKey = other.IssuerSigningKey;
        IssuerSigningKeyResolver = other.IssuerSigningKeyResolver;
        IssuerSigningKeys = other.IssuerSigningKeys;
        IssuerSigningKeyValidator = other.IssuerSigningKeyValidator;
        IssuerValidator = other.IssuerValidator;
        LifetimeValidator = other.LifetimeValidator;
        _nameClaimType = other._nameClaimType;
        NameClaimTypeRetriever = other.NameClaimTypeRetriever;
        RequireAudience = other.RequireAudience;
        RequireExpirationTime = other.RequireExpirationTime;
        RequireSignedTokens = other.RequireSignedTokens;
        _roleClaimType = other._roleClaimType;
        RoleClaimTypeRetriever = other.RoleClaimTypeRetriever;
        SaveSigninToken = other.SaveSigninToken;
        TryAllIssuerSigningKeys = other.TryAllIssuerSigningKeys;
        TypeValidator = other.TypeValidator;
        ValidAlgorithms = other.ValidAlgorithms;
        ValidAudience = other.ValidAudience;
        ValidAudiences = other.ValidAudiences;
        ValidateAudience = other.ValidateAudience;
        ValidateIssuer = other.ValidateIssuer;
        ValidateIssuerSigningKey = other.ValidateIssuerSigningKey;
        ValidateLifetime = other.ValidateLifetime;
        ValidIssuer = other.ValidIssuer;
        ValidIssuers = other.ValidIssuers;
        ValidTypes = other.ValidTypes;
        IsClone = true;
    }

    public AlgorithmValidator AlgorithmValidator { get; set; }

    public AudienceValidator AudienceValidator { get; set; }

    public string AuthenticationType
    {
        get => _authenticationType;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _authenticationType = value;
        }
    }

    /// <summary>How far clocks may differ: a token counts as valid so long before and after its own times.</summary>
    public TimeSpan ClockSkew
    {
        get => _clockSkew;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _clockSkew = value;
        }
    }

    /// <summary>Where issuer and keys come from besides those named here.</summary>
    public BaseConfigurationManager ConfigurationManager { get; set; }

    public bool IgnoreTrailingSlashWhenValidatingAudience { get; set; } = true;

    public bool IsClone { get; protected set; }

    public SecurityKey IssuerSigningKey { get; set; }

    public IssuerSigningKeyResolver IssuerSigningKeyResolver { get; set; }

    public IEnumerable<SecurityKey> IssuerSigningKeys { get; set; }

    public IssuerSigningKeyValidator IssuerSigningKeyValidator { get; set; }

    public IssuerValidator IssuerValidator { get; set; }

    public LifetimeValidator LifetimeValidator { get; set; }

    public string NameClaimType
    {
        get => _nameClaimType;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _nameClaimType = value;
        }
    }

    public Func<SecurityToken, string, string> NameClaimTypeRetriever { get; set; }

    public bool RequireAudience { get; set; } = true;

    public bool RequireExpirationTime { get; set; } = true;

    public bool RequireSignedTokens { get; set; } = true;

    public string RoleClaimType
    {
        get => _roleClaimType;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _roleClaimType = value;
        }
    }

    public Func<SecurityToken, string, string> RoleClaimTypeRetriever { get; set; }

    /// <summary>Keeps the token's text as the identity's bootstrap context.</summary>
    public bool SaveSigninToken { get; set; }

    /// <summary>Whether the other keys are tried when none has the token's key id.</summary>
    public bool TryAllIssuerSigningKeys { get; set; } = true;

    public TypeValidator TypeValidator { get; set; }

    public IEnumerable<string> ValidAlgorithms { get; set; }

    public string ValidAudience { get; set; }

    public IEnumerable<string> ValidAudiences { get; set; }

    public bool ValidateAudience { get; set; } = true;

    public bool ValidateIssuer { get; set; } = true;

    public bool ValidateIssuerSigningKey { get; set; }

    public bool ValidateLifetime { get; set; } = true;

    public string ValidIssuer { get; set; }

    public IEnumerable<string> ValidIssuers { get; set; }

    public IEnumerable<string> ValidTypes { get; set; }

    public virtual TokenValidationParameters Clone() => new(this);

    /// <summary>An identity without claims, with the types that name and role are read from.</summary>
    public virtual ClaimsIdentity CreateClaimsIdentity(SecurityToken securityToken, string issuer) => new(
        AuthenticationType ?? DefaultAuthenticationType,
        NameClaimTypeRetriever?.Invoke(securityToken, issuer) ?? NameClaimType,
        RoleClaimTypeRetriever?.Invoke(securityToken, issuer) ?? RoleClaimType);
}
