using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using static LiveComments.ConformanceTests.Jwt.Tokens;

namespace LiveComments.ConformanceTests.Jwt;

/// <summary>Where the stand-in promises to be stricter than the specification's readers need be. The real package may differ here.</summary>
public sealed class StrictnessTests
{
    [Theory]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""", "")]
    [InlineData("""{"alg":"HS256"}""", ""","sub":"admin" """)]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", "")]
    [InlineData("""{"alg":"HS256"}""", ""","nbf":"tomorrow" """)]
    public async Task A_rightly_signed_token_of_a_doubtful_form_is_refused(string header, string more)
    {
        var result = await ValidateAsync(Forge(header, Payload(more), Secret.Key), Parameters(Secret));
        Assert.False(result.IsValid);
        Assert.NotNull(result.Exception);
    }

    [Fact]
    public async Task Padding_space_and_spare_bits_are_refused()
    {
        var token = Create(Descriptor(Secret));
        var last = token[^1];
        // A signature of 32 bytes leaves two bits of its last character unused.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var spare = Alphabet[Alphabet.IndexOf(last, StringComparison.Ordinal) | 1];
        foreach (var changed in new[] { token + "=", token + " ", " " + token, token + "\n", token[..^1] + spare, token.Replace(".", " .", StringComparison.Ordinal) })
            Assert.False((await ValidateAsync(changed, Parameters(Secret))).IsValid, changed);
    }

    [Fact]
    public async Task A_weak_key_signs_and_checks_nothing()
    {
        var weak = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(31));
        Assert.ThrowsAny<Exception>(() => Create(Descriptor(weak)));
        await RefusedAsync<SecurityTokenException>(Forge("""{"alg":"HS256"}""", Payload(), weak.Key), Parameters(weak));
        using var rsa = RSA.Create(1024);
        Assert.ThrowsAny<Exception>(() => Create(Descriptor(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256)));
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.ThrowsAny<Exception>(() => Create(Descriptor(new ECDsaSecurityKey(curve), SecurityAlgorithms.EcdsaSha256)));
    }
}
