using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.ConformanceTests.Jwt;

/// <summary>An issuer with published keys, served by a loopback Kestrel.</summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<object> _published = [];
    private int _keyFetches;

    private OpenIdProvider(WebApplication app) => _app = app;

    public string Issuer => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public int KeyFetches => Volatile.Read(ref _keyFetches);

    public bool Broken { get; set; }

    public static async Task<OpenIdProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var provider = new OpenIdProvider(builder.Build());
        provider._app.MapGet("/.well-known/openid-configuration", () => provider.Broken
            ? Results.StatusCode(500)
            : Results.Json(new { issuer = provider.Issuer, jwks_uri = provider.Issuer + "/keys" }));
        provider._app.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref provider._keyFetches);
            lock (provider._published)
                return provider.Broken ? Results.StatusCode(500) : Results.Json(new { keys = provider._published.ToArray() });
        });
        await provider._app.StartAsync();
        return provider;
    }

    public RsaSecurityKey PublishRsa(string kid)
    {
        var rsa = RSA.Create(2048);
        var parameters = rsa.ExportParameters(false);
        Publish(new { kty = "RSA", use = "sig", kid, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) });
        return new RsaSecurityKey(rsa) { KeyId = kid };
    }

    public ECDsaSecurityKey PublishEcdsa(string kid)
    {
        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = ecdsa.ExportParameters(false);
        Publish(new { kty = "EC", crv = "P-256", alg = "ES256", kid, x = Base64UrlEncoder.Encode(parameters.Q.X), y = Base64UrlEncoder.Encode(parameters.Q.Y) });
        return new ECDsaSecurityKey(ecdsa) { KeyId = kid };
    }

    public void Publish(object key)
    {
        lock (_published)
            _published.Add(key);
    }

    public void Withdraw()
    {
        lock (_published)
            _published.Clear();
    }

    public string Token(SecurityKey key, string algorithm, Action<SecurityTokenDescriptor>? change = null)
    {
        var descriptor = Tokens.Descriptor(key, algorithm);
        descriptor.Issuer = Issuer;
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler().CreateToken(descriptor);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
