using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>Makes requests that are wrong somewhere, and now and then right everywhere.</summary>
/// <param name="operations">What there is to ask for.</param>
/// <param name="streamId">A stream that there is.</param>
/// <param name="commentId">A comment of it.</param>
/// <param name="tokens">Those that are taken.</param>
/// <param name="badTokens">Those that are not.</param>
sealed class CaseMaker(IReadOnlyList<Operation> operations, string streamId, string commentId, IReadOnlyList<string> tokens, IReadOnlyList<string> badTokens)
{
    // Past every limit of ours, and of the HTTP server's own for a head.
    private const int Long = 70_000;

    private static readonly string[] OtherMethods = ["PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "DELETE", "POST", "GET", "BREW", "get", "P\x01T"];
    private static readonly string[] Types =
        ["application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/problem+json", "text/plain", "text/json", "multipart/form-data", "application/x-www-form-urlencoded", "application/octet-stream", "json", ";", "*/*", ""];
    private static readonly string[] HeaderNames =
        ["Idempotency-Key", "If-None-Match", "If-Match", "Accept", "Accept-Language", "Accept-Encoding", "Cookie", "Range", "Origin", "Last-Event-ID", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-HTTP-Method-Override", "Traceparent", "Tracestate", "Baggage", "Content-Encoding", "Content-Language", "If-Modified-Since", "Expect", "Upgrade", "Host", "Prefer"];

    public FuzzCase Make(int seed)
    {
        var random = new Random(seed);
        var operation = Pick(random, operations);
        var method = Chance(random, 30) ? Pick(random, OtherMethods) : operation.Method;
        var target = new StringBuilder(Filled(random, operation.Path));
        AppendQuery(random, target, operation);
        var headers = new List<(string, string)>();
        AddAuthorization(random, headers);
        byte[]? body = null;
        if (operation.Properties is { } properties || Chance(random, 50))
        {
            body = BodyOf(random, operation.Properties ?? []);
            headers.Add(("Content-Type", Chance(random, 10) ? Pick(random, Types) : "application/json"));
        }
        else if (method is "POST" or "PUT" or "PATCH")
        {
            body = [];
        }

        if (body is not null && Chance(random, 40))
            headers.RemoveAll(header => header.Item1 == "Content-Type");
        if (body is not null && Chance(random, 3))
            headers.Add(("Idempotency-Key", HeaderValue(random)));
        for (var count = Chance(random, 4) ? random.Next(1, 4) : 0; count > 0; count--)
            headers.Add((Pick(random, HeaderNames), HeaderValue(random)));
        return new FuzzCase(method, target.ToString(), headers, body);
    }

    private string Filled(Random random, string path) =>
        string.Join('/', path.Split('/').Select(part => part switch
        {
            "{streamId}" => Chance(random, 2) ? streamId : Segment(random),
            "{commentId}" => Chance(random, 3) ? commentId : Segment(random),
            _ when part.StartsWith('{') => Segment(random),
            // Now and then an address that is nearly one of ours.
            _ => Chance(random, 60) ? Segment(random) : part,
        }));

    /// <summary>A value in an address: escaped rightly, half, not at all, or in ways that only a fool would.</summary>
    private static string Segment(Random random)
    {
        var text = Text(random);
        return random.Next(8) switch
        {
            0 => Latin1(text).ReplaceLineEndings(""),
            1 => Pick(random, ["%00", "%2F", "%2e%2e", "%2e", "..", ".", "%zz", "%", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%u0041", "%25%30%30", "%0d%0a", "*", ">", "%2A", "%3E", "%7B%7D", "//", "a%20b", "%E2%80%AE", "+", ";", ":", "@"]),
            2 => text.Length == 0 ? "" : EscapedBytes(Encoding.UTF8.GetBytes(text)),
            3 => new string(Pick(random, ["a", "0", "9", "_", "-"])[0], random.Next(1, Chance(random, 20) ? 20_000 : 200)),
            _ => Uri.EscapeDataString(WithoutHalves(text)),
        };
    }

    private static void AppendQuery(Random random, StringBuilder target, Operation operation)
    {
        var separator = '?';
        foreach (var name in operation.Query.Append("order").Append("limit").Append("cursor").Distinct())
        {
            if (!Chance(random, 3))
                continue;
            for (var times = Chance(random, 10) ? 2 : 1; times > 0; times--)
            {
                var value = random.Next(4) switch
                {
                    0 => random.Next(-3, 300).ToString(CultureInfo.InvariantCulture),
                    1 => Cursor(random),
                    _ => Uri.EscapeDataString(WithoutHalves(Text(random))),
                };
                target.Append(separator).Append(Chance(random, 20) ? name.ToUpperInvariant() : name).Append(Chance(random, 30) ? "" : "=").Append(value);
                separator = '&';
            }
        }

        if (Chance(random, 20))
            target.Append(separator).Append(Latin1(Text(random)).ReplaceLineEndings(""));
    }

    private void AddAuthorization(Random random, List<(string, string)> headers)
    {
        switch (random.Next(12))
        {
            case 0:
                break;
            case 1:
                headers.Add(("Authorization", $"Bearer {Pick(random, badTokens)}"));
                break;
            case 2:
                headers.Add(("Authorization", HeaderValue(random)));
                break;
            case 3:
                headers.Add(("Authorization", $"Bearer {Mutilated(random, Pick(random, tokens))}"));
                break;
            default:
                headers.Add(("Authorization", $"Bearer {Pick(random, tokens)}"));
                break;
        }
    }

    private byte[] BodyOf(Random random, IReadOnlyList<string> properties)
    {
        switch (random.Next(20))
        {
            case 0:
                return [];
            case 1:
                return Encoding.UTF8.GetBytes(Pick(random, ["null", "[]", "\"\"", "0", "true", "{}", "{", "}", "{\"", "[[[[[[[[[[[[[[[[[[[[", "{}{}", "{} x", "//", "/**/{}", "{\"a\":NaN}", "{'a':1}", "{a:1}", "{\"a\":1,}", "\u00A0{}", "\uFEFF{}", "nul", "-", "1e999", "\"\\ud800\"", "\"\\x\""]));
            case 2:
                return Encoding.UTF8.GetBytes(new string('[', random.Next(1, 4_000)) + new string(']', random.Next(1, 4_000)));
            case 3:
                return Encoding.Unicode.GetBytes("{\"content\":\"x\"}");
            case 4 when Chance(random, 5):
                return Encoding.UTF8.GetBytes($"{{\"content\":\"{new string('x', Long)}\"}}");
            case 5:
                var noise = new byte[random.Next(1, 300)];
                random.NextBytes(noise);
                return noise;
        }

        var json = new StringBuilder("{");
        for (var index = 0; index < properties.Count; index++)
        {
            // The first is what the others are nothing without.
            if (index > 0 && !Chance(random, 3))
                continue;
            Append(json, properties[index], ValueOf(random, properties[index]));
            if (Chance(random, 25))
                Append(json, properties[index], ValueOf(random, properties[index]));
        }

        if (Chance(random, 15))
            Append(json, WithoutHalves(Text(random)), ValueOf(random, ""));
        var bytes = Encoding.UTF8.GetBytes(json.Append('}').ToString());
        return random.Next(15) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => Spoilt(random, bytes),
            2 => [0xEF, 0xBB, 0xBF, .. bytes],
            _ => bytes,
        };
    }

    /// <summary>A property's value as JSON, mostly of the right type.</summary>
    private string ValueOf(Random random, string name) => random.Next(10) switch
    {
        0 => Pick(random, ["null", "true", "0", "-1", "1.5", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "[]", "{}", "[{}]", "\"\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "[[[[[[[[[[]]]]]]]]]]", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}"]),
        1 when name.EndsWith("Ms", StringComparison.Ordinal) => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        2 when name.EndsWith("Id", StringComparison.Ordinal) => $"\"{commentId}\"",
        3 when name.EndsWith("Id", StringComparison.Ordinal) => $"\"{streamId}\"",
        4 => Quoted(string.Concat(Enumerable.Repeat(Text(random), random.Next(1, 60)))),
        _ => Quoted(Text(random)),
    };

    private static void Append(StringBuilder json, string name, string value) =>
        json.Append(json.Length > 1 ? "," : "").Append(Quoted(name)).Append(':').Append(value);

    /// <summary>As JSON; half a surrogate pair as an escape, which is the one way to write it there.</summary>
    private static string Quoted(string text)
    {
        var json = new StringBuilder("\"");
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
                json.Append(text, index++, 2);
            else if (char.IsSurrogate(text[index]))
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:x4}");
            else
                json.Append(JsonEncodedText.Encode(text[index].ToString(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping));
        }

        return json.Append('"').ToString();
    }

    private static string HeaderValue(Random random) => random.Next(6) switch
    {
        0 => $"key-{random.Next(50)}",
        1 => new string('k', random.Next(1, Chance(random, 20) ? 40_000 : 130)),
        2 => Latin1(Text(random)).ReplaceLineEndings(" "),
        3 => Text(random).ReplaceLineEndings(""),
        4 => EscapedBytes(Encoding.UTF8.GetBytes(WithoutHalves(Text(random)))),
        _ => new string([.. Text(random).Where(character => character is >= ' ' and <= '~')]),
    };

    private static string Cursor(Random random)
    {
        var (epoch, sequence) = (random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-1, 3), random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-1, 200));
        return string.Create(CultureInfo.InvariantCulture, $"{epoch}-{sequence}");
    }

    private static string Text(Random random)
    {
        var text = Pick(random, NaughtyStrings.All);
        return random.Next(8) switch
        {
            0 => text + Pick(random, NaughtyStrings.All),
            1 => string.Concat(Enumerable.Repeat(text, random.Next(1, 20))),
            2 => $"hello {text} world",
            _ => text,
        };
    }

    private static string Mutilated(Random random, string token)
    {
        var at = random.Next(token.Length);
        return random.Next(3) switch
        {
            0 => token[..at],
            1 => token.Remove(at, 1).Insert(at, ((char)random.Next('!', '~')).ToString()),
            _ => token + token[at..],
        };
    }

    private static byte[] Spoilt(Random random, byte[] bytes)
    {
        var spoilt = bytes.ToArray();
        for (var count = random.Next(1, 4); count > 0; count--)
            spoilt[random.Next(spoilt.Length)] = (byte)random.Next(256);
        return spoilt;
    }

    private static string EscapedBytes(byte[] bytes) => string.Concat(bytes.Select(one => string.Create(CultureInfo.InvariantCulture, $"%{one:X2}")));

    // The bytes of UTF-8, each as the character of its number: what goes over the wire is those bytes again.
    private static string Latin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string WithoutHalves(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool Chance(Random random, int oneIn) => random.Next(oneIn) == 0;

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
