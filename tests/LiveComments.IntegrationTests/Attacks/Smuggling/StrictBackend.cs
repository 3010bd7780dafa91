using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>
/// What stands behind a gateway, and trusts it in nothing: reads requests as RFC 9112 has them, writes down whatever could be read in another way, and says in
/// each answer which request it is the answer to.
/// </summary>
sealed partial class StrictBackend : IDisposable
{
    /// <summary>The header that says it: <c>method target bytes-of-body</c>.</summary>
    public const string Echo = "X-Echo";

    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public StrictBackend()
    {
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen(128);
        _ = AcceptAsync();
    }

    public string Address => $"http://{_listening.LocalEndPoint}";

    /// <summary>Whole requests, but health probes; with their heads.</summary>
    public ConcurrentQueue<(string Echo, string Head)> Seen { get; } = new();

    /// <summary>What was not as it must be.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public void Forget()
    {
        Seen.Clear();
        Faults.Clear();
    }

    public void Dispose() => _listening.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listening.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var reader = new StrictReader(stream);
        try
        {
            while (await reader.HeadAsync() is { } head)
            {
                if (head.StartsWith("GET /health ", StringComparison.Ordinal))
                {
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    continue;
                }

                var body = await BodyAsync(reader, head);
                var echo = string.Create(CultureInfo.InvariantCulture, $"{head[..head.LastIndexOf(" HTTP/1.1\r\n", StringComparison.Ordinal)]} {body}");
                Seen.Enqueue((echo, head));
                await stream.WriteAsync(Encoding.Latin1.GetBytes(AnswerTo(head, echo)));
                // As a node does, whose stream ends with its connection.
                if (IsStream(head))
                    return;
            }
        }
        catch (FormatException exception)
        {
            Faults.Enqueue(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or EndOfStreamException or ObjectDisposedException)
        {
            // Broken off by the gateway, since its client was refused half-way.
        }
    }

    private static async Task<long> BodyAsync(StrictReader reader, string head)
    {
        var lines = head.Split("\r\n");
        if (!RequestLine().IsMatch(lines[0]))
            throw new FormatException($"No request line: {lines[0]}");
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            if (!HeaderLine().IsMatch(line))
                throw new FormatException($"No header: {line}");
        }

        var lengths = Values(lines, "Content-Length");
        var codings = Values(lines, "Transfer-Encoding");
        return (lengths, codings) switch
        {
            ([], []) => 0,
            ([var length], []) when long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) => await reader.SkipAsync(bytes),
            ([], ["chunked"]) => await reader.ChunksAsync(),
            _ => throw new FormatException($"A body of two kinds: {head}"),
        };
    }

    private static List<string> Values(string[] lines, string name) =>
        [.. lines.Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim())];

    private static bool IsStream(string head) => head.StartsWith("GET /live/", StringComparison.Ordinal) && !head.Contains("\r\nUpgrade:", StringComparison.OrdinalIgnoreCase);

    private static string AnswerTo(string head, string echo)
    {
        if (head.Contains("\r\nUpgrade:", StringComparison.OrdinalIgnoreCase))
            return $"HTTP/1.1 400 Bad Request\r\n{Echo}: {echo}\r\nContent-Length: 0\r\n\r\n";
        // As a node answers, so that the gateway passes it on in its own way.
        if (IsStream(head))
            return $"HTTP/1.1 200 OK\r\n{Echo}: {echo}\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n";
        return $"HTTP/1.1 200 OK\r\n{Echo}: {echo}\r\nContent-Length: {(head.StartsWith("HEAD ", StringComparison.Ordinal) ? "5\r\n\r\n" : "5\r\n\r\nhello")}";
    }

    [GeneratedRegex(@"^[A-Z]+ /[!-~]* HTTP/1\.1$")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[ \t]*[^\x00-\x08\x0a-\x1f\x7f]*$")]
    private static partial Regex HeaderLine();
}
