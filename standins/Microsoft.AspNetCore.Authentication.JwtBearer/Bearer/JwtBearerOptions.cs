using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

public class JwtBearerOptions : AuthenticationSchemeOptions
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = true };

    public JwtBearerOptions() => TokenHandlers = [_handler];

    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>Where the provider's configuration is; found from <see cref="Authority"/> when not set.</summary>
    public string MetadataAddress { get; set; } = default!;

    public string? Authority { get; set; }

    /// <summary>Becomes the valid audience, unless the validation parameters name one.</summary>
    public string? Audience { get; set; }

    /// <summary>What <c>WWW-Authenticate</c> begins with.</summary>
    public string Challenge { get; set; } = JwtBearerDefaults.AuthenticationScheme;

    public new JwtBearerEvents Events
    {
        get => (JwtBearerEvents)base.Events!;
        set => base.Events = value;
    }

    public HttpMessageHandler? BackchannelHttpHandler { get; set; }

    public HttpClient Backchannel { get; set; } = default!;

    public TimeSpan BackchannelTimeout { get; set; } = TimeSpan.FromMinutes(1);

    public OpenIdConnectConfiguration? Configuration { get; set; }

    public IConfigurationManager<OpenIdConnectConfiguration>? ConfigurationManager { get; set; }

    public bool RefreshOnIssuerKeyNotFound { get; set; } = true;

    /// <summary>The first that accepts a token wins.</summary>
    public IList<TokenHandler> TokenHandlers { get; private set; }

    public TokenValidationParameters TokenValidationParameters { get; set; } = new();

    /// <summary>Keeps the token with the ticket, as <c>access_token</c>.</summary>
    public bool SaveToken { get; set; } = true;

    /// <summary>Whether a refused caller is told why.</summary>
    public bool IncludeErrorDetails { get; set; } = true;

    /// <summary>Whether short claim names become .NET's long ones; for the handler that is there by itself.</summary>
    public bool MapInboundClaims
    {
        get => _handler.MapInboundClaims;
        set => _handler.MapInboundClaims = value;
    }

    public TimeSpan AutomaticRefreshInterval { get; set; } = BaseConfigurationManager.DefaultAutomaticRefreshInterval;

    public TimeSpan RefreshInterval { get; set; } = BaseConfigurationManager.DefaultRefreshInterval;
}
