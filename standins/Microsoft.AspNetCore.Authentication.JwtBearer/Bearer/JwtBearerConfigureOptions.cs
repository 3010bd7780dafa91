using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Reads <c>Authentication:Schemes:{scheme}</c>, which is also where <c>dotnet user-jwts</c> writes.</summary>
internal sealed class JwtBearerConfigureOptions(IAuthenticationConfigurationProvider configuration) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (string.IsNullOrEmpty(name))
            return;
        var section = configuration.GetSchemeConfiguration(name);
        if (!section.GetChildren().Any())
            return;

        options.Authority = section[nameof(options.Authority)] ?? options.Authority;
        options.MetadataAddress = section[nameof(options.MetadataAddress)] ?? options.MetadataAddress;
        options.Challenge = section[nameof(options.Challenge)] ?? options.Challenge;
        options.BackchannelTimeout = Time(section[nameof(options.BackchannelTimeout)]) ?? options.BackchannelTimeout;
        options.RefreshInterval = Time(section[nameof(options.RefreshInterval)]) ?? options.RefreshInterval;
        options.IncludeErrorDetails = Flag(section[nameof(options.IncludeErrorDetails)]) ?? options.IncludeErrorDetails;
        options.MapInboundClaims = Flag(section[nameof(options.MapInboundClaims)]) ?? options.MapInboundClaims;
        options.RefreshOnIssuerKeyNotFound = Flag(section[nameof(options.RefreshOnIssuerKeyNotFound)]) ?? options.RefreshOnIssuerKeyNotFound;
        options.RequireHttpsMetadata = Flag(section[nameof(options.RequireHttpsMetadata)]) ?? options.RequireHttpsMetadata;
        options.SaveToken = Flag(section[nameof(options.SaveToken)]) ?? options.SaveToken;

        var issuers = List(section, nameof(TokenValidationParameters.ValidIssuer), nameof(TokenValidationParameters.ValidIssuers));
        var audiences = List(section, nameof(TokenValidationParameters.ValidAudience), nameof(TokenValidationParameters.ValidAudiences));
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidateIssuer = issuers.Count > 0,
            ValidIssuers = issuers,
            ValidateAudience = audiences.Count > 0,
            ValidAudiences = audiences,
            ValidateIssuerSigningKey = true,
            IssuerSigningKeys = Keys(section, issuers),
        };
    }

    private static List<string> List(IConfiguration section, string one, string many)
    {
        var values = section.GetSection(many).GetChildren().Select(child => child.Value).OfType<string>().ToList();
        if (section[one] is { } value)
            values.Add(value);
        return values;
    }

    private static List<SecurityKey> Keys(IConfiguration section, List<string> issuers) =>
    [
        .. from key in section.GetSection("SigningKeys").GetChildren()
           where issuers.Contains(key["Issuer"] ?? "", StringComparer.Ordinal) && !string.IsNullOrEmpty(key["Value"])
           select new SymmetricSecurityKey(Convert.FromBase64String(key["Value"]!)),
    ];

    private static bool? Flag(string? text) => string.IsNullOrEmpty(text) ? null : bool.Parse(text);

    private static TimeSpan? Time(string? text) => string.IsNullOrEmpty(text) ? null : TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
