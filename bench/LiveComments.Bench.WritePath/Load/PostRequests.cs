using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;

namespace LiveComments.Bench.WritePath.Load;

/// <summary>The requests, as bytes: users in turn, streams in turn, texts as people write them, and a key that no other post has.</summary>
sealed class PostRequests
{
    private static readonly string[] Texts =
    [
        "Hello from Lisbon!", "🔥🔥🔥", "lol", "What time does the second half start?", "@ada that was the best goal of the season",
        "これはすごい", "Can somebody explain what just happened? I looked away for five seconds and now everybody is shouting.",
        "GOOOOOOOAL", "первый раз смотрю, очень круто", "nice", "I was at that concert in 2019 and the sound was not half as good as it is here, whoever runs the desk tonight deserves a raise.",
        "👏👏", "ça marche très bien ici", "no way!!", "What is the name of this song?", "+1",
    ];

    private readonly byte[][] _bodies;
    private readonly byte[][] _paths;
    private readonly byte[][] _tokens;
    private readonly byte[] _keyPrefix = Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")[..12] + "-");
    private long _next;

    public PostRequests(IReadOnlyList<string> streams, IReadOnlyList<byte[]> tokens)
    {
        _tokens = [.. tokens];
        _paths = [.. streams.Select(stream => Encoding.ASCII.GetBytes($"POST /api/streams/{stream}/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "))];
        _bodies = [.. Texts.Select(text =>
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(new PostComment(text), ContractsJson.Wire.PostComment);
            return (byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\r\nContent-Length: {json.Length}\r\n\r\n")), .. json];
        })];
    }

    /// <summary>Writes the next request and tells its length.</summary>
    public int Write(Span<byte> buffer)
    {
        var number = _next++;
        var length = 0;
        length += Copy(_paths[number % _paths.Length], buffer);
        length += Copy(_tokens[number % _tokens.Length], buffer[length..]);
        length += Copy("\r\nIdempotency-Key: "u8, buffer[length..]);
        length += Copy(_keyPrefix, buffer[length..]);
        number.TryFormat(buffer[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        length += Copy(_bodies[number % _bodies.Length], buffer[length..]);
        return length;
    }

    private static int Copy(ReadOnlySpan<byte> part, Span<byte> buffer)
    {
        part.CopyTo(buffer);
        return part.Length;
    }
}
