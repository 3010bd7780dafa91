using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using static LiveComments.ConformanceTests.Jwt.Tokens;

namespace LiveComments.ConformanceTests.Jwt;

/// <summary>Which tokens are trusted.</summary>
public sealed class TokenValidationTests : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _ecdsa.Dispose();
    }

    [Fact]
    public async Task A_good_token_of_each_algorithm_is_trusted_and_tells_who_it_is()
    {
        (SecurityKey Key, string Algorithm)[] signers =
        [
            (Secret, SecurityAlgorithms.HmacSha256),
            (new RsaSecurityKey(_rsa) { KeyId = "r" }, SecurityAlgorithms.RsaSha256),
            (new ECDsaSecurityKey(_ecdsa) { KeyId = "e" }, SecurityAlgorithms.EcdsaSha256),
        ];
        foreach (var (key, algorithm) in signers)
        {
            var result = await ValidateAsync(Create(Descriptor(key, algorithm)), Parameters([.. signers.Select(signer => signer.Key)]));
            Assert.True(result.IsValid, $"{algorithm}: {result.Exception}");
            Assert.Equal("user-1", result.ClaimsIdentity.FindFirst("sub")?.Value);
            Assert.Equal(Issuer, result.Issuer);
            Assert.Equal(algorithm, Assert.IsType<JsonWebToken>(result.SecurityToken).Alg);
            Assert.Same(key, result.SecurityToken.SigningKey);
        }
    }

    [Fact]
    public async Task A_token_that_says_it_needs_no_signature_is_refused()
    {
        foreach (var algorithm in new[] { "none", "None", "NONE", "nOnE", "" })
        {
            var data = $"{Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Base64UrlEncoder.Encode(Payload())}";
            await RefusedAsync<SecurityTokenInvalidSignatureException>(data + ".", Parameters(Secret));
            await RefusedAsync<SecurityTokenInvalidSignatureException>(data + ".AAAA", Parameters(Secret));
        }
    }

    [Fact]
    public async Task A_signature_that_was_cut_off_is_missed()
    {
        var token = Create(Descriptor(Secret));
        await RefusedAsync<SecurityTokenInvalidSignatureException>(token[..(token.LastIndexOf('.') + 1)], Parameters(Secret));
        await RefusedAsync<ArgumentException>(token[..token.LastIndexOf('.')], Parameters(Secret));
    }

    [Fact]
    public async Task A_public_key_is_no_secret_for_signing()
    {
        // The classic: sign with HS256, taking the RSA public key, in any of its forms, for the secret.
        var key = new RsaSecurityKey(_rsa.ExportParameters(false)) { KeyId = "r" };
        foreach (var secret in new[] { _rsa.ExportRSAPublicKey(), _rsa.ExportSubjectPublicKeyInfo(), System.Text.Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()) })
        {
            var token = Forge("""{"alg":"HS256","kid":"r","typ":"JWT"}""", Payload(), secret);
            await RefusedAsync<SecurityTokenException>(token, Parameters(key));
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("HS384")]
    [InlineData("hs256")]
    public async Task An_algorithm_that_is_not_the_keys_is_refused(string algorithm) =>
        await RefusedAsync<SecurityTokenException>(Forge($$"""{"alg":"{{algorithm}}","kid":"secret"}""", Payload(), Secret.Key), Parameters(Secret));

    [Fact]
    public async Task An_algorithm_that_is_not_in_the_list_is_refused()
    {
        var parameters = Parameters(Secret);
        parameters.ValidAlgorithms = [SecurityAlgorithms.RsaSha256];
        await RefusedAsync<SecurityTokenException>(Create(Descriptor(Secret)), parameters);
    }

    [Fact]
    public async Task Any_changed_character_breaks_the_token()
    {
        var token = Create(Descriptor(Secret));
        // The last character of a signature also holds bits that mean nothing.
        for (var i = 0; i < token.Length - 1; i++)
        {
            if (token[i] == '.')
                continue;
            var changed = $"{token[..i]}{(token[i] == 'A' ? 'B' : 'A')}{token[(i + 1)..]}";
            Assert.False((await ValidateAsync(changed, Parameters(Secret))).IsValid, $"at {i}");
        }
    }

    [Fact]
    public async Task The_parts_of_two_good_tokens_make_no_third()
    {
        var one = Create(Descriptor(Secret)).Split('.');
        var other = Descriptor(Secret);
        other.Claims["role"] = "admin";
        var two = Create(other).Split('.');
        await RefusedAsync<SecurityTokenInvalidSignatureException>($"{one[0]}.{two[1]}.{one[2]}", Parameters(Secret));
    }

    [Fact]
    public async Task A_key_id_chooses_the_key_and_an_unknown_one_is_told_apart()
    {
        var other = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)) { KeyId = "other" };
        Assert.True((await ValidateAsync(Create(Descriptor(other)), Parameters(Secret, other))).IsValid);
        // Signed with one key, naming another.
        await RefusedAsync<SecurityTokenInvalidSignatureException>(Forge("""{"alg":"HS256","kid":"other"}""", Payload(), Secret.Key), Parameters(Secret, other));
        await RefusedAsync<SecurityTokenSignatureKeyNotFoundException>(Create(Descriptor(other)), Parameters(Secret));
        foreach (var kid in new[] { "../../dev/null", "' OR 1=1 --", "SECRET", new string('k', 10_000) })
        {
            var parameters = Parameters(Secret);
            parameters.TryAllIssuerSigningKeys = false;
            await RefusedAsync<SecurityTokenSignatureKeyNotFoundException>(Forge($$"""{"alg":"HS256","kid":"{{kid}}"}""", Payload(), Secret.Key), parameters);
        }
    }

    [Fact]
    public async Task Keys_that_the_token_brings_along_are_not_used()
    {
        var mine = RandomNumberGenerator.GetBytes(32);
        var header = $$"""{"alg":"HS256","jwk":{"kty":"oct","k":"{{Base64UrlEncoder.Encode(mine)}}"},"jku":"http://127.0.0.1:1/keys","x5u":"http://127.0.0.1:1/cert"}""";
        await RefusedAsync<SecurityTokenInvalidSignatureException>(Forge(header, Payload(), mine), Parameters(Secret));
    }

    [Fact]
    public async Task A_token_for_or_from_others_is_refused()
    {
        var elsewhere = Descriptor(Secret);
        elsewhere.Audience = "others";
        var result = await ValidateAsync(Create(elsewhere), Parameters(Secret));
        Assert.Equal("others", Assert.IsType<SecurityTokenInvalidAudienceException>(result.Exception).InvalidAudience);
        elsewhere.Audience = null;
        await RefusedAsync<SecurityTokenInvalidAudienceException>(Create(elsewhere), Parameters(Secret));
        var stranger = Descriptor(Secret);
        stranger.Issuer = Issuer + "/";
        result = await ValidateAsync(Create(stranger), Parameters(Secret));
        Assert.Equal(Issuer + "/", Assert.IsType<SecurityTokenInvalidIssuerException>(result.Exception).InvalidIssuer);
        stranger.Issuer = null;
        await RefusedAsync<SecurityTokenInvalidIssuerException>(Create(stranger), Parameters(Secret));
    }

    [Fact]
    public async Task One_of_several_audiences_is_enough_and_none_configured_trusts_nobody()
    {
        var several = Descriptor(Secret);
        several.Audience = null;
        several.Claims["aud"] = new[] { "others", Audience };
        Assert.True((await ValidateAsync(Create(several), Parameters(Secret))).IsValid);
        var parameters = Parameters(Secret);
        parameters.ValidAudience = null;
        await RefusedAsync<SecurityTokenInvalidAudienceException>(Create(several), parameters);
        parameters = Parameters(Secret);
        parameters.ValidIssuer = null;
        await RefusedAsync<SecurityTokenInvalidIssuerException>(Create(Descriptor(Secret)), parameters);
    }

    [Fact]
    public async Task Time_bounds_hold_with_the_skew_and_not_beyond()
    {
        (double? NotBefore, double? Expires, Type? Error)[] cases =
        [
            (null, 60, null),
            (-60, 60, null),
            (null, -2, null),
            (2, 60, null),
            (null, -30, typeof(SecurityTokenExpiredException)),
            (60, 120, typeof(SecurityTokenNotYetValidException)),
            (60, 30, typeof(SecurityTokenInvalidLifetimeException)),
            (-60, null, typeof(SecurityTokenNoExpirationException)),
        ];
        foreach (var (notBefore, expires, error) in cases)
        {
            var descriptor = Descriptor(Secret);
            descriptor.NotBefore = notBefore is { } from ? Now.AddSeconds(from) : null;
            descriptor.Expires = expires is { } to ? Now.AddSeconds(to) : null;
            var result = await ValidateAsync(Create(descriptor), Parameters(Secret));
            Assert.Equal(error, result.Exception?.GetType());
            Assert.Equal(error is null, result.IsValid);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("....")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30.e30")]
    [InlineData("bnVsbA.bnVsbA.AAAA")]
    [InlineData("W10.W10.AAAA")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.!!!!.AAAA")]
    public async Task Text_that_is_no_token_is_refused_without_an_exception(string text)
    {
        var result = await ValidateAsync(text, Parameters(Secret));
        Assert.False(result.IsValid);
        Assert.NotNull(result.Exception);
    }

    [Theory]
    [InlineData("""{"alg":"HS256","kid":"\ud800"}""", "")]
    [InlineData("""{"alg":"HS256","\ud800":1}""", "")]
    [InlineData("""{"alg":{"a":1}}""", "")]
    [InlineData("""{"alg":["HS256"]}""", "")]
    [InlineData("""{"alg":"HS256"}""", ""","name":"\udc00" """)]
    public async Task Json_that_is_no_text_is_no_way_in(string header, string more)
    {
        // Some readers take what they can't read for absent: that is fine, as long as nobody throws.
        var result = await ValidateAsync(Forge(header, Payload(more), Secret.Key), Parameters(Secret));
        Assert.Equal(result.Exception is null, result.IsValid);
    }

    [Fact]
    public async Task An_oversized_token_is_refused()
    {
        var descriptor = Descriptor(Secret);
        descriptor.Claims["padding"] = new string('x', TokenValidationParameters.DefaultMaximumTokenSizeInBytes);
        await RefusedAsync<ArgumentException>(Create(descriptor), Parameters(Secret));
    }

    [Fact]
    public async Task Claims_keep_their_kinds_and_map_to_long_names_only_when_told()
    {
        var token = Forge("""{"alg":"HS256"}""", Payload(""","n":7,"big":9007199254740993,"yes":true,"many":["a","b"],"deep":{"x":[1]},"role":"admin" """), Secret.Key);
        var plain = (await ValidateAsync(token, Parameters(Secret))).ClaimsIdentity;
        Assert.Equal(("7", ClaimValueTypes.Integer), (plain.FindFirst("n")!.Value, plain.FindFirst("n")!.ValueType.Replace("integer32", "integer", StringComparison.Ordinal)));
        Assert.Equal("9007199254740993", plain.FindFirst("big")!.Value);
        Assert.Equal(("true", ClaimValueTypes.Boolean), (plain.FindFirst("yes")!.Value, plain.FindFirst("yes")!.ValueType));
        Assert.Equal(["a", "b"], plain.FindAll("many").Select(claim => claim.Value));
        Assert.Equal("""{"x":[1]}""", plain.FindFirst("deep")!.Value);
        Assert.NotNull(plain.FindFirst("role"));

        var mapped = (await new JsonWebTokenHandler { MapInboundClaims = true }.ValidateTokenAsync(token, Parameters(Secret))).ClaimsIdentity;
        Assert.Equal("user-1", mapped.FindFirst(ClaimTypes.NameIdentifier)?.Value);
        Assert.True(new ClaimsPrincipal(mapped).IsInRole("admin"));
    }

    [Fact]
    public async Task Name_and_role_come_from_the_claims_that_are_named()
    {
        var parameters = Parameters(Secret);
        (parameters.NameClaimType, parameters.RoleClaimType) = ("sub", "role");
        var principal = new ClaimsPrincipal((await ValidateAsync(Create(Descriptor(Secret)), parameters)).ClaimsIdentity);
        Assert.Equal("user-1", principal.Identity!.Name);
        Assert.True(principal.IsInRole("moderator"));
        Assert.True(principal.Identity.IsAuthenticated);
    }

    [Fact]
    public void A_new_token_says_when_it_begins_and_ends_and_what_its_subject_is()
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity([new Claim("sub", "u"), new Claim("level", "3", ClaimValueTypes.Integer), new Claim("tag", "a"), new Claim("tag", "b")]),
            SigningCredentials = new SigningCredentials(Secret, SecurityAlgorithms.HmacSha256),
        };
        var token = new JsonWebToken(new JsonWebTokenHandler { TokenLifetimeInMinutes = 7 }.CreateToken(descriptor));
        Assert.Equal(TimeSpan.FromMinutes(7), token.ValidTo - token.ValidFrom);
        Assert.Equal(("u", "secret", "JWT"), (token.Subject, token.Kid, token.Typ));
        Assert.Equal(3, token.GetPayloadValue<int>("level"));
        Assert.Equal(["a", "b"], token.Claims.Where(claim => claim.Type == "tag").Select(claim => claim.Value));
        Assert.False(token.TryGetPayloadValue<string>("none", out _));
    }

    [Fact]
    public async Task Many_threads_may_check_with_the_same_key_at_once()
    {
        var key = new RsaSecurityKey(_rsa) { KeyId = "r" };
        var token = Create(Descriptor(key, SecurityAlgorithms.RsaSha256));
        var handler = new JsonWebTokenHandler();
        var parameters = Parameters(key);
        await Parallel.ForAsync(0, 500, async (_, _) => Assert.True((await handler.ValidateTokenAsync(token, parameters)).IsValid));
    }
}
