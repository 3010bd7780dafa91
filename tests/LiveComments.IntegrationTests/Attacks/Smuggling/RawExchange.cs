using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>One answer of several that came on a connection.</summary>
sealed record WireAnswer(int Status, string Head)
{
    /// <summary>What it is the answer to: as the backend said, or the status when it never got so far.</summary>
    public string Of => Value(StrictBackend.Echo) ?? Status.ToString(CultureInfo.InvariantCulture);

    public string? Value(string name) => Head.Split("\r\n").Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).LastOrDefault();
}

/// <summary>All that a server says to some bytes until it closes the connection.</summary>
static class RawExchange
{
    // The server closes as soon as it has answered; this is for a machine that is busy with other tests.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="server">Where it listens.</param>
    /// <param name="bytes">One character a byte.</param>
    /// <param name="heads">Numbers of answers that have no body, whatever they say.</param>
    public static async Task<IReadOnlyList<WireAnswer>> SendAsync(Uri server, string bytes, params int[] heads) =>
        AnswersIn(await ReadToEndAsync(server, bytes), heads);

    /// <summary>The bytes that come back.</summary>
    public static async Task<byte[]> ReadToEndAsync(Uri server, string bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await Eventually.WithinAsync("a connection", socket.ConnectAsync(IPAddress.Loopback, server.Port), Patience);
        using var received = new MemoryStream();
        await Eventually.WithinAsync("the end of the connection", Task.WhenAll(SendAsync(socket, bytes), ReceiveAsync(socket, received)), Patience);
        return received.ToArray();
    }

    private static async Task SendAsync(Socket socket, string bytes)
    {
        try
        {
            for (ReadOnlyMemory<byte> rest = Encoding.Latin1.GetBytes(bytes); !rest.IsEmpty;)
                rest = rest[await socket.SendAsync(rest)..];
        }
        catch (SocketException)
        {
            // Refused half-way.
        }
    }

    private static async Task ReceiveAsync(Socket socket, MemoryStream received)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is var count and > 0)
                received.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Closed with some of ours unread; what came before is there.
        }
    }

    private static List<WireAnswer> AnswersIn(byte[] bytes, int[] heads)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var answers = new List<WireAnswer>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0 || !text.AsSpan(at).StartsWith("HTTP/1.1 "))
                throw new FormatException($"No answer: {text[at..Math.Min(text.Length, at + 200)]}");
            var answer = new WireAnswer(int.Parse(text.AsSpan(at + 9, 3), CultureInfo.InvariantCulture), text[at..end]);
            at = end + 4;
            // In between, as "100 Continue".
            if (answer.Status < 200)
                continue;
            if (!heads.Contains(answers.Count))
                at = EndOfBody(text, at, answer);
            answers.Add(answer);
        }

        return answers;
    }

    private static int EndOfBody(string text, int at, WireAnswer answer)
    {
        if (answer.Value("Content-Length") is { } length)
            return at + int.Parse(length, CultureInfo.InvariantCulture);
        if (answer.Value("Transfer-Encoding") is null)
            return answer.Status is 204 or 304 ? at : text.Length;
        while (true)
        {
            var line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            // Broken off.
            if (line < 0)
                return text.Length;
            var size = int.Parse(text.AsSpan(at, line - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = line + 2 + size + 2;
            if (size == 0)
                return at;
        }
    }
}
