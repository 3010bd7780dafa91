using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Finishes the options: where keys and issuer come from.</summary>
public class JwtBearerPostConfigureOptions : IPostConfigureOptions<JwtBearerOptions>
{
    // A provider's documents are some kilobytes.
    private const long LargestDocumentBytes = 1024 * 1024;

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (string.IsNullOrEmpty(options.TokenValidationParameters.ValidAudience) && !string.IsNullOrEmpty(options.Audience))
            options.TokenValidationParameters.ValidAudience = options.Audience;
        if (options.ConfigurationManager is not null)
            return;
        if (options.Configuration is not null)
        {
            options.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(options.Configuration);
            return;
        }

        if (string.IsNullOrEmpty(options.MetadataAddress) && !string.IsNullOrEmpty(options.Authority))
            options.MetadataAddress = options.Authority.TrimEnd('/') + "/.well-known/openid-configuration";
        if (string.IsNullOrEmpty(options.MetadataAddress))
            return;
        if (options.RequireHttpsMetadata && !options.MetadataAddress.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException("The MetadataAddress or Authority must use HTTPS unless disabled for development by setting RequireHttpsMetadata=false.");

        options.Backchannel ??= new HttpClient(options.BackchannelHttpHandler ?? new HttpClientHandler())
        {
            Timeout = options.BackchannelTimeout,
            MaxResponseContentBufferSize = LargestDocumentBytes,
        };
        options.ConfigurationManager = new DiscoveryConfigurationManager(
            options.MetadataAddress, options.Backchannel, options.RequireHttpsMetadata, options.TimeProvider ?? TimeProvider.System)
        {
            RefreshInterval = options.RefreshInterval,
            AutomaticRefreshInterval = options.AutomaticRefreshInterval,
        };
    }
}
