using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.UnitTests.Auth;

/// <summary>Where an authority signs: what it publishes opens nothing, and nobody else's keys do.</summary>
public sealed class AuthorityTokensTests : IAsyncLifetime, IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _stranger = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private AuthorityService _service = null!;

    public async Task InitializeAsync() => _service = await AuthorityService.StartAsync(
        new RsaSecurityKey(RSA.Create(_key.ExportParameters(false))) { KeyId = "rsa" }, new ECDsaSecurityKey(ECDsa.Create(_curve.ExportParameters(false))) { KeyId = "curve" });

    public async Task DisposeAsync() => await _service.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _stranger.Dispose();
        _curve.Dispose();
    }

    [Fact]
    public async Task What_the_authority_signed_is_taken()
    {
        Assert.Equal(HttpStatusCode.OK, await _service.StatusAsync(ByRsa("""{"alg":"RS256","typ":"JWT","kid":"rsa"}""")));
        Assert.Equal(HttpStatusCode.OK, await _service.StatusAsync(ByRsa("""{"alg":"RS256","typ":"at+jwt"}""")));
        Assert.Equal(HttpStatusCode.OK, await _service.StatusAsync(ByCurve("""{"alg":"ES256","typ":"JWT","kid":"curve"}""")));
    }

    [Fact]
    public async Task A_published_key_is_no_secret()
    {
        var pem = _key.ExportSubjectPublicKeyInfoPem();
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes(pem), Encoding.ASCII.GetBytes(pem + "\n"), Encoding.ASCII.GetBytes(_key.ExportRSAPublicKeyPem()), _key.ExportSubjectPublicKeyInfo(), _key.ExportRSAPublicKey(),
            _key.ExportParameters(false).Modulus!, _curve.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(_curve.ExportSubjectPublicKeyInfoPem()), [], new byte[32],
        ];
        foreach (var secret in secrets)
        {
            foreach (var header in new[] { """{"alg":"HS256","typ":"JWT","kid":"rsa"}""", """{"alg":"HS256","typ":"JWT"}""", """{"alg":"RS256","typ":"JWT","kid":"rsa"}""", """{"alg":"ES256","kid":"curve"}""" })
                await RefusedAsync(Token(header, Payload(), data => HMACSHA256.HashData(secret, data)), header);
        }
    }

    [Fact]
    public async Task Another_algorithm_with_the_right_key_is_refused()
    {
        foreach (var (name, hash, padding) in new[]
        {
            ("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1), ("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1), ("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            ("rs256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), ("ES256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), ("none", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        })
            await RefusedAsync(Token($$"""{"alg":"{{name}}","typ":"JWT","kid":"rsa"}""", Payload(), data => _key.SignData(data, hash, padding)), name);
        // DER in place of the two numbers, and the signature that is all zeroes (CVE-2022-21449).
        await RefusedAsync(Token("""{"alg":"ES256","kid":"curve"}""", Payload(), data => _curve.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), "DER");
        await RefusedAsync(Token("""{"alg":"ES256","kid":"curve"}""", Payload(), _ => new byte[64]), "zeroes");
    }

    [Fact]
    public async Task A_key_that_the_token_brings_along_or_points_to_counts_for_nothing()
    {
        var parameters = _stranger.ExportParameters(false);
        var jwk = $$"""{"kty":"RSA","n":"{{Base64Url.EncodeToString(parameters.Modulus)}}","e":"{{Base64Url.EncodeToString(parameters.Exponent)}}","kid":"rsa"}""";
        using var elsewhere = new KeysElsewhere();
        foreach (var more in new[]
        {
            $"\"jwk\":{jwk}", $"\"jku\":\"{elsewhere.Address}keys\"", $"\"x5u\":\"{elsewhere.Address}cert\"", "\"x5c\":[\"MIIB\"]", "\"x5t\":\"rsa\"",
            "\"kid\":\"unknown\"", "\"kid\":\"../../../../dev/null\"", "\"kid\":\"' or 1=1 --\"", $"\"kid\":\"{new string('k', 4000)}\"", "\"kid\":\"\"", "\"kid\":5", "\"kid\":null", "\"kid\":[\"rsa\"]",
        })
        {
            var header = $$"""{"alg":"RS256","typ":"JWT",{{more}}}""";
            await RefusedAsync(Token(header, Payload(), data => _stranger.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), header);
        }

        Assert.False(elsewhere.WasAsked);
    }

    [Fact]
    public async Task Another_authority_or_audience_is_refused()
    {
        foreach (var (name, value) in new[]
        {
            ("iss", "\"https://authority.example.evil.example\""), ("iss", "\"https://authority.example/\""), ("iss", "\"HTTPS://AUTHORITY.EXAMPLE\""), ("iss", "\"livecomments\""), ("iss", "\"\""), ("iss", "null"),
            ("iss", "[\"https://authority.example\"]"), ("aud", "\"others\""), ("aud", "\"\""), ("aud", "null"), ("aud", "[]"), ("aud", "\"LIVECOMMENTS\""), ("aud", "[\"others\"]"),
        })
            await RefusedAsync(Token("""{"alg":"RS256","kid":"rsa"}""", Payload((name, value)), Sign), $"{name}: {value}");
        // One of several is enough.
        Assert.Equal(HttpStatusCode.OK, await _service.StatusAsync(Token("""{"alg":"RS256","kid":"rsa"}""", Payload(("aud", """["others","livecomments"]""")), Sign)));
    }

    [Theory]
    [InlineData("""["exp"]""")]
    [InlineData("""["b64"],"b64":false""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task What_must_be_understood_and_is_not_makes_a_token_no_good(string critical)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await RefusedAsync(ByRsa($$"""{"alg":"RS256","kid":"rsa","crit":{{critical}}}"""), critical);
            Assert.Equal(HttpStatusCode.OK, await _service.StatusAsync(ByRsa("""{"alg":"RS256","kid":"rsa"}""")));
        }
    }

    private async Task RefusedAsync(string token, string what)
    {
        var status = await _service.StatusAsync(token);
        Assert.True(status == HttpStatusCode.Unauthorized, $"{status}: {what}");
    }

    private byte[] Sign(byte[] data) => _key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private string ByRsa(string header) => Token(header, Payload(), Sign);

    private string ByCurve(string header) => Token(header, Payload(), data => _curve.SignData(data, HashAlgorithmName.SHA256));

    private static string Payload(params (string Name, string Json)[] instead)
    {
        var claims = new Dictionary<string, string>
        {
            ["iss"] = $"\"{AuthorityService.Issuer}\"",
            ["aud"] = $"\"{AuthorityService.Audience}\"",
            ["sub"] = "\"ada\"",
            ["exp"] = $"{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}",
        };
        foreach (var (name, json) in instead)
            claims[name] = json;
        return $"{{{string.Join(',', claims.Select(claim => $"\"{claim.Key}\":{claim.Value}"))}}}";
    }

    private static string Token(string header, string payload, Func<byte[], byte[]> sign)
    {
        var data = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        return $"{data}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(data)))}";
    }

    /// <summary>An address to which a service would go if it believed a token about where keys are.</summary>
    private sealed class KeysElsewhere : IDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(IPAddress.Loopback, 0);

        public KeysElsewhere() => _listener.Start();

        public string Address => $"http://{_listener.LocalEndpoint}/";

        public bool WasAsked => _listener.Pending();

        public void Dispose() => _listener.Dispose();
    }
}
