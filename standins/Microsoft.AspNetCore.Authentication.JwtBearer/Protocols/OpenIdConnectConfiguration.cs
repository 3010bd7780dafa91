#nullable disable
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.Protocols.OpenIdConnect;

/// <summary>What an OpenID provider says about itself, as far as tokens are checked by it.</summary>
public class OpenIdConnectConfiguration : BaseConfiguration
{
    public OpenIdConnectConfiguration()
    {
    }

    public OpenIdConnectConfiguration(string json)
    {
        ArgumentException.ThrowIfNullOrEmpty(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            Issuer = Member("issuer");
            JwksUri = Member("jwks_uri");
            TokenEndpoint = Member("token_endpoint");
            AuthorizationEndpoint = Member("authorization_endpoint");

            string Member(string name) =>
                document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ArgumentException("The text is no OpenID provider configuration.", nameof(json), exception);
        }
    }

    public string AuthorizationEndpoint { get; set; }

    public override string Issuer { get; set; }

    public JsonWebKeySet JsonWebKeySet { get; set; }

    public string JwksUri { get; set; }

    public override ICollection<SecurityKey> SigningKeys { get; } = [];

    public override string TokenEndpoint { get; set; }

    public static OpenIdConnectConfiguration Create(string json) => new(json);
}
