using System.Security.Cryptography;
using System.Text;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What must come of a token.</summary>
enum TokenFate
{
    /// <summary>By whatever right implementation of the standards.</summary>
    Refused,

    Taken,

    /// <summary>The standards leave it open, or the issuer's own key signed what is odd: either way, but with an answer.</summary>
    Either,
}

/// <summary>A token that somebody may try.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Text">What goes behind "Bearer ".</param>
/// <param name="Fate">What must come of it.</param>
sealed record TriedToken(string Name, string Text, TokenFate Fate = TokenFate.Refused);

/// <summary>Every way we know of in which a token is no good, and some in which it is.</summary>
static class TokenTable
{
    private static readonly TimeSpan Past = TimeSpan.FromHours(-1);
    private static readonly TimeSpan Future = TimeSpan.FromHours(1);

    public static IEnumerable<TriedToken> All() => Good().Concat(Unsigned()).Concat(OtherAlgorithms()).Concat(KeysOfTheToken()).Concat(SpoiltSignatures()).Concat(Forms()).Concat(Issuers()).Concat(Audiences()).Concat(Times()).Concat(Subjects()).Concat(Names());

    private static IEnumerable<TriedToken> Good()
    {
        yield return new("as an issuer makes it", TestTokens.Of("mallory"), TokenFate.Taken);
        yield return new("the least", ForgedToken.Signed(ForgedToken.Payload()), TokenFate.Taken);
        yield return new("of no type", ForgedToken.Signed(ForgedToken.Payload(), """{"alg":"HS256"}"""), TokenFate.Taken);
    }

    private static IEnumerable<TriedToken> Unsigned()
    {
        var good = TestTokens.Of("mallory");
        foreach (var algorithm in new[] { "\"none\"", "\"None\"", "\"NONE\"", "\"nOnE\"", "\"none \"", "\"\"", "null", "5", "[]", "[\"HS256\"]", "{}", "true" })
        {
            var header = $$"""{"alg":{{algorithm}},"typ":"JWT"}""";
            yield return new($"alg {algorithm}, no signature", ForgedToken.Signed(header, ForgedToken.Payload(), _ => []));
            yield return new($"alg {algorithm}, signed", ForgedToken.Signed(ForgedToken.Payload(), header));
        }

        yield return new("no alg, no signature", ForgedToken.Signed("""{"typ":"JWT"}""", ForgedToken.Payload(), _ => []));
        yield return new("no alg, signed", ForgedToken.Signed(ForgedToken.Payload(), """{"typ":"JWT"}"""));
        yield return new("HS256, no signature", ForgedToken.Signed(ForgedToken.GoodHeader, ForgedToken.Payload(), _ => []));
        yield return new("HS256, no signature and no dot", good[..good.LastIndexOf('.')]);
    }

    private static IEnumerable<TriedToken> OtherAlgorithms()
    {
        foreach (var algorithm in new[] { "hs256", "HS256 ", "Hs256", "RS256", "ES256", "PS256", "EdDSA", "dir", "A256KW", "HS257", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256" })
            yield return new($"alg {algorithm}", ForgedToken.Signed(ForgedToken.Payload(), $$"""{"alg":"{{algorithm}}","typ":"JWT"}"""), algorithm.StartsWith("http", StringComparison.Ordinal) ? TokenFate.Either : TokenFate.Refused);
        yield return new("HS384, right key", ForgedToken.Signed("""{"alg":"HS384"}""", ForgedToken.Payload(), data => HMACSHA384.HashData(ForgedToken.Key, data)));
        yield return new("HS512, right key", ForgedToken.Signed("""{"alg":"HS512"}""", ForgedToken.Payload(), data => HMACSHA512.HashData(ForgedToken.Key, data)));
        yield return new("HS256 by name, SHA-512 in truth", ForgedToken.Signed(ForgedToken.GoodHeader, ForgedToken.Payload(), data => HMACSHA512.HashData(ForgedToken.Key, data)));
        using var rsa = RSA.Create(2048);
        yield return new("RS256 by a key of its own", ForgedToken.Signed("""{"alg":"RS256"}""", ForgedToken.Payload(), data => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    private static IEnumerable<TriedToken> KeysOfTheToken()
    {
        foreach (var kid in new[]
        {
            "\"../../../../../../dev/null\"", "\"/dev/null\"", "\"file:///dev/null\"", "\"' or 1=1 --\"", "\"x' union select 'key' --\"", "\"$(id)\"", "\"|id\"", "\"unknown\"", "\"\"", "\"\\u0000\"",
            "\"livecomments\"", "5", "null", "[\"a\"]", "{}", $"\"{new string('k', 4000)}\"",
        })
        {
            var header = $$"""{"alg":"HS256","kid":{{kid}}}""";
            foreach (var (name, key) in new (string, byte[])[] { ("nothing", []), ("a zero", [0]), ("'key'", "key"u8.ToArray()), ("32 zeroes", new byte[32]) })
                yield return new($"kid {Short(kid)} signed with {name}", ForgedToken.Signed(header, ForgedToken.Payload(), data => HMACSHA256.HashData(key, data)));
            // There is one key only, whatever a token calls it.
            yield return new($"kid {Short(kid)} signed rightly", ForgedToken.Signed(ForgedToken.Payload(), header), TokenFate.Either);
        }

        var own = new byte[32];
        foreach (var header in new[]
        {
            """{"alg":"HS256","jwk":{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""", """{"alg":"HS256","jku":"http://127.0.0.1:1/keys"}""", """{"alg":"HS256","x5u":"http://127.0.0.1:1/cert"}""",
            """{"alg":"HS256","x5c":["AAAA"]}""", """{"alg":"HS256","x5t":"AAAA"}""", """{"alg":"HS256","x5t#S256":"AAAA"}""", """{"alg":"HS256","keys":[{"kty":"oct","k":"AAAA"}]}""",
        })
            yield return new($"its own key: {header}", ForgedToken.Signed(header, ForgedToken.Payload(), data => HMACSHA256.HashData(own, data)));
        foreach (var critical in new[] { """["exp"]""", """["b64"],"b64":false""", "[]", "null" })
            yield return new($"crit {critical}", ForgedToken.Signed(ForgedToken.Payload(), $$"""{"alg":"HS256","crit":{{critical}}}"""));
    }

    private static IEnumerable<TriedToken> SpoiltSignatures()
    {
        var good = ForgedToken.Signed(ForgedToken.Payload());
        var parts = good.Split('.');
        yield return new("signature one character short", good[..^1]);
        yield return new("signature ten characters short", good[..^10]);
        yield return new("signature twice", good + parts[2]);
        yield return new("signature in capitals", $"{parts[0]}.{parts[1]}.{parts[2].ToUpperInvariant()}");
        yield return new("signature of another token", $"{parts[0]}.{parts[1]}.{TestTokens.Of("mallory").Split('.')[2]}");
        yield return new("signature of another payload", $"{parts[0]}.{ForgedToken.Encoded(ForgedToken.Payload(("role", "\"admin\"")))}.{parts[2]}");
        yield return new("signature of another header", $"{ForgedToken.Encoded("""{"typ":"JWT","alg":"HS256"}""")}.{parts[1]}.{parts[2]}");
        yield return new("signature with padding", good + "=", TokenFate.Either);
        yield return new("signature of zeroes", $"{parts[0]}.{parts[1]}.{new string('A', 43)}");
        yield return new("signed with the key in capitals", ForgedToken.Signed(ForgedToken.GoodHeader, ForgedToken.Payload(), data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestTokens.SigningKey.ToUpperInvariant()), data)));
    }

    private static IEnumerable<TriedToken> Forms()
    {
        var good = ForgedToken.Signed(ForgedToken.Payload());
        var parts = good.Split('.');
        foreach (var text in new[] { ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e", "a.b.c.d.e.f", $"{good}.{parts[2]}", $".{good}", $"{good}.", $"{parts[1]}.{parts[0]}.{parts[2]}", "null", "undefined", "{}", "%00", "Bearer", $"Bearer {good}", $"{good},{good}", $"\"{good}\"" })
            yield return new($"form {Short(text)}", text);
        foreach (var space in new[] { " ", "\t", "\u00a0", "\u200b", "\ufeff", "\u2003" })
        {
            yield return new($"U+{(int)space[0]:X4} inside", good.Replace(".", $"{space}.", StringComparison.Ordinal));
            // A header's value is trimmed.
            yield return new($"U+{(int)space[0]:X4} around", $"{space}{good}{space}", TokenFate.Either);
        }

        yield return new("letters that look alike", good.Replace('e', '\u0435'));
        yield return new("an encrypted token", $"{ForgedToken.Encoded("""{"alg":"dir","enc":"A256GCM"}""")}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA");
        yield return new("an encrypted key", $"{ForgedToken.Encoded("""{"alg":"A256KW","enc":"A256CBC-HS512","zip":"DEF"}""")}.AAAA.AAAA.AAAA.AAAA");
        yield return new("a token within a token", ForgedToken.Signed(good, """{"alg":"HS256","cty":"JWT"}"""));
        foreach (var payload in new[] { "", "null", "[]", "5", "\"x\"", "{", "{}", "not json", "{\"sub\":\"\\ud800\"}", $"{{\"a\":{new string('[', 5000)}{new string(']', 5000)}}}" })
            yield return new($"payload {Short(payload)}", ForgedToken.Signed(payload));
        foreach (var header in new[] { "", "null", "[]", "{", "not json", "{\"alg\":\"HS256\"" })
            yield return new($"header {Short(header)}", ForgedToken.Signed(ForgedToken.Payload(), header));
        yield return new("alg twice, the last of them none", ForgedToken.Signed("""{"alg":"HS256","alg":"none"}""", ForgedToken.Payload(), _ => []));
        yield return new("alg twice, the first of them none", ForgedToken.Signed("""{"alg":"none","alg":"HS256"}""", ForgedToken.Payload(), _ => []));
        yield return new("alg twice, signed", ForgedToken.Signed(ForgedToken.Payload(), """{"alg":"HS256","alg":"HS256"}"""), TokenFate.Either);
        yield return new("sub twice", ForgedToken.Signed("""{"sub":"admin",""" + ForgedToken.Payload()[1..]), TokenFate.Either);
        yield return new("exp twice, once in the past", ForgedToken.Signed("""{"exp":1,""" + ForgedToken.Payload()[1..]), TokenFate.Either);
        yield return new("exp twice, last in the past", ForgedToken.Signed(ForgedToken.Payload()[..^1] + ""","exp":1}"""));
        yield return new("a large token", ForgedToken.Signed(ForgedToken.Payload(("x", $"\"{new string('x', 4000)}\""))), TokenFate.Taken);
    }

    private static IEnumerable<TriedToken> Issuers()
    {
        foreach (var issuer in new[] { "\"another\"", "\"\"", "\" livecomments\"", "\"LiveComments\"", "\"livecomments/\"", "\"livecomments\\u0000\"", "[\"livecomments\"]", "{\"iss\":\"livecomments\"}", "5", "null", "true", null })
            yield return new($"iss {issuer ?? "missing"}", ForgedToken.Signed(ForgedToken.Payload(("iss", issuer))));
    }

    private static IEnumerable<TriedToken> Audiences()
    {
        foreach (var audience in new[] { "\"another-service\"", "\"\"", "\" \"", "\"LiveComments\"", "\" livecomments\"", "\"livecomments,another\"", "[]", "[\"a\",\"b\"]", "[\"\"]", "[null]", "{\"livecomments\":true}", "5", "null", "true", null })
            yield return new($"aud {audience ?? "missing"}", ForgedToken.Signed(ForgedToken.Payload(("aud", audience))));
        yield return new("aud one of several", ForgedToken.Signed(ForgedToken.Payload(("aud", """["another","livecomments"]"""))), TokenFate.Taken);
        foreach (var audience in new[] { "[[\"livecomments\"]]", "[5,\"livecomments\"]" })
            yield return new($"aud {audience}", ForgedToken.Signed(ForgedToken.Payload(("aud", audience))), TokenFate.Either);
    }

    private static IEnumerable<TriedToken> Times()
    {
        foreach (var expiry in new[] { ForgedToken.Seconds(Past), $"\"{ForgedToken.Seconds(Past)}\"", $"{ForgedToken.Seconds(Past)}.5", "0", "1", "-1", "-1e300", "-9223372036854775808", "null", "true", "[]", "{}", $"[{ForgedToken.Seconds(Future)}]", "\"tomorrow\"", "\"\"", null })
            yield return new($"exp {expiry ?? "missing"}", ForgedToken.Signed(ForgedToken.Payload(("exp", expiry))));
        // The issuer itself says so; whether a number with a fraction is one is for the reader to say.
        foreach (var expiry in new[] { "99999999999", "9223372036854775807", "9223372036854775808", "1e300", $"{ForgedToken.Seconds(Future)}.5", $"\"{ForgedToken.Seconds(Future)}\"" })
            yield return new($"exp {expiry}", ForgedToken.Signed(ForgedToken.Payload(("exp", expiry))), TokenFate.Either);
        yield return new("EXP later than exp", ForgedToken.Signed(ForgedToken.Payload(("EXP", ForgedToken.Seconds(Future)), ("exp", ForgedToken.Seconds(Past)))));
        yield return new("nbf in the future", ForgedToken.Signed(ForgedToken.Payload(("nbf", ForgedToken.Seconds(Future / 2)))));
        yield return new("nbf after exp", ForgedToken.Signed(ForgedToken.Payload(("nbf", ForgedToken.Seconds(2 * Future)))));
        yield return new("nbf in the past", ForgedToken.Signed(ForgedToken.Payload(("nbf", ForgedToken.Seconds(Past)))), TokenFate.Taken);
        foreach (var (name, value) in new[] { ("nbf", "\"tomorrow\""), ("nbf", "1e300"), ("nbf", "-1"), ("iat", ForgedToken.Seconds(Future)), ("iat", "\"yesterday\""), ("iat", "-1e300") })
            yield return new($"{name} {value}", ForgedToken.Signed(ForgedToken.Payload((name, value))), TokenFate.Either);
    }

    private static IEnumerable<TriedToken> Subjects()
    {
        foreach (var subject in new[] { null, "\"\"", "null", "\"a\\u0000b\"", "\"a\\r\\nX: y\"", "\"\\u0085\"", $"\"{new string('s', 129)}\"" })
            yield return new($"sub {Short(subject ?? "missing")}", ForgedToken.Signed(ForgedToken.Payload(("sub", subject))));
        foreach (var subject in new[] { "5", "true", "[\"a\",\"b\"]", "[]", "{\"a\":1}" })
            yield return new($"sub {subject}", ForgedToken.Signed(ForgedToken.Payload(("sub", subject))), TokenFate.Either);
        // Odd, and somebody's id all the same: it becomes a part of keys and rows, and opens nothing.
        foreach (var subject in new[] { "\">\"", "\"*.>\"", "\"a b\"", "\"{x}\"", "\"}{\"", "\"' or 1=1 --\"", "\"../x\"", "\"%s%n\"", "\"\\u202etxt\"", $"\"{new string('s', 128)}\"" })
            yield return new($"sub {Short(subject)}", ForgedToken.Signed(ForgedToken.Payload(("sub", subject))), TokenFate.Taken);
    }

    private static IEnumerable<TriedToken> Names()
    {
        foreach (var name in new[] { "preferred_username", "name", "picture", "role", "follows", "subscriber" })
        {
            foreach (var value in new[] { "\"\"", "null", "5", "true", "{}", "[]", "[\"a\",\"b\"]", "\"\\u0000\\u001b[31m\"", "\"<script>\"", "\"javascript:alert(1)\"", $"\"{new string('n', 2000)}\"" })
                yield return new($"{name} {Short(value)}", ForgedToken.Signed(ForgedToken.Payload((name, value))), TokenFate.Taken);
        }
    }

    private static string Short(string text) => text.Length <= 60 ? text : $"{text[..20]}… ({text.Length})";
}
