using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>JWT bearer, the same in every service that asks who somebody is.</summary>
public static class Authentication
{
    /// <summary>Clocks of issuer and services may differ a little; a stolen token gains no more than this.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public static TBuilder AddTokenAuthentication<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<AuthOptions>()
            .BindConfiguration(AuthOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<AuthOptions>>((jwt, auth) => Configure(jwt, auth.Value));
        builder.Services.AddAuthorization();
        return builder;
    }

    /// <summary>The key that signs and checks tokens when no authority does.</summary>
    public static SymmetricSecurityKey SigningKey(AuthOptions options) =>
        new(Encoding.UTF8.GetBytes(options.SigningKey ?? throw new InvalidOperationException("Auth:SigningKey is not set.")));

    // All that is checked is said here, although most of it is what is usual: none of it may hang on what a package takes for
    // usual, nor on a section of the configuration that the framework would read for it.
    private static void Configure(JwtBearerOptions jwt, AuthOptions auth)
    {
        var isShared = auth.Authority is null;
        jwt.Authority = auth.Authority;
        jwt.MapInboundClaims = false;
        // Nobody asks for it again, and who is refused is not told what the token says: that text is anybody's.
        jwt.SaveToken = false;
        jwt.IncludeErrorDetails = false;
        jwt.Events = new JwtBearerEvents { OnTokenValidated = TokenRules.ApplyAsync, OnChallenge = TokenRules.ChallengeAsync };
        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            NameClaimType = TokenClaims.Username,
            RoleClaimType = TokenClaims.Role,
            RequireSignedTokens = true,
            ValidateIssuerSigningKey = true,
            // By the kind of key at hand: what is published must never serve as a secret.
            ValidAlgorithms = isShared ? [SecurityAlgorithms.HmacSha256] : [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKey = isShared ? SigningKey(auth) : null,
            // The shared one, or one of those that the authority publishes: what name a token gives it opens no other.
            TryAllIssuerSigningKeys = true,
            ValidateIssuer = true,
            ValidIssuer = isShared ? auth.Issuer : null,
            ValidateAudience = true,
            RequireAudience = true,
            ValidAudience = auth.Audience,
            // An address with and without its last slash is the same audience to many issuers.
            IgnoreTrailingSlashWhenValidatingAudience = true,
            ValidateLifetime = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
        };
    }
}
