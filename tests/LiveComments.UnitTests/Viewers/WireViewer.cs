using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>How a response came to its end.</summary>
enum Ending
{
    /// <summary>By its last chunk.</summary>
    Proper,

    /// <summary>The connection was closed before that.</summary>
    Cut,
}

/// <summary>A viewer that sees the bytes: head, chunks, events. It reads no more than it is asked to.</summary>
sealed class WireViewer : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<byte> _wire = [];
    private readonly List<byte> _body = [];
    private int _decoded;
    private bool _chunked;

    private WireViewer(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public string Head { get; private set; } = "";

    /// <summary>The body as far as it was received, without its transfer coding.</summary>
    public byte[] Body => [.. _body];

    public Ending? Ended { get; private set; }

    public static async Task<WireViewer> StartAsync(Socket socket, string? cursor = null, string headers = "", string requestLine = $"GET {ViewerServer.Path} HTTP/1.1", string after = "")
    {
        var viewer = new WireViewer(socket);
        var resume = cursor is null ? "" : $"Last-Event-ID: {cursor}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{requestLine}\r\nHost: test\r\n{resume}{headers}\r\n{after}"));
        await viewer.ReadUntilAsync("the head", () => viewer.Head.Length > 0);
        return viewer;
    }

    /// <summary>Texts of the comments in whole events, in the order of arrival.</summary>
    public IReadOnlyList<string> Comments() => [.. Batches().SelectMany(batch => batch.Comments).Select(comment => comment.Content)];

    /// <summary>The id of the last whole event.</summary>
    public string? LastEventId() => Events().Select(lines => lines.FirstOrDefault(line => line.StartsWith("id: ", StringComparison.Ordinal))?[4..]).LastOrDefault(id => id is not null);

    /// <summary>Whole events, as lines.</summary>
    public IEnumerable<string[]> Events()
    {
        var text = Encoding.UTF8.GetString([.. _body]);
        var whole = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        return whole < 0 ? [] : text[..whole].Split("\n\n").Select(block => block.Split('\n'));
    }

    public Task ReadUntilCommentAsync(string text) =>
        ReadUntilAsync($"the comment {text}", () => Comments() is [.., var last] && last == text);

    public Task ReadToEndAsync() => ReadUntilAsync("the end of the response", () => Ended is not null);

    public async Task ReadUntilAsync(string what, Func<bool> condition)
    {
        while (!condition())
        {
            if (Ended is not null)
                throw new EndOfStreamException($"Ended ({Ended}) before: {what}. Received: {Encoding.UTF8.GetString([.. _body])}");
            await Eventually.WithinAsync(what, ReceiveAsync(_buffer.Length));
        }
    }

    /// <summary>Receives at most so many bytes.</summary>
    public async Task ReceiveAsync(int bytes)
    {
        var received = 0;
        try
        {
            received = await Socket.ReceiveAsync(_buffer.AsMemory(0, Math.Min(bytes, _buffer.Length)));
        }
        catch (SocketException)
        {
        }

        _wire.AddRange(_buffer.AsSpan(0, received));
        if (Head.Length == 0)
            DecodeHead();
        if (Head.Length > 0)
            DecodeBody();
        if (received == 0)
            Ended ??= Ending.Cut;
    }

    public void Dispose() => Socket.Dispose();

    private IEnumerable<CommentsBatch> Batches() =>
        from lines in Events()
        where lines.Contains($"event: {ServerMessageTypes.CommentsBatch}")
        let data = lines.Single(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..]
        select JsonSerializer.Deserialize(data, ContractsJson.Default.ServerMessageCommentsBatch)!.Payload;

    private void DecodeHead()
    {
        var text = Encoding.Latin1.GetString([.. _wire]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return;
        Head = text[..(end + 2)];
        _decoded = end + 4;
        _chunked = Head.Contains("Transfer-Encoding: chunked\r\n", StringComparison.Ordinal);
    }

    private void DecodeBody()
    {
        if (!_chunked)
        {
            _body.AddRange(_wire.Skip(_decoded));
            _decoded = _wire.Count;
            return;
        }

        // Whole chunks only: 13b\r\n…\r\n
        while (Ended is null && _wire.IndexOf((byte)'\n', _decoded) is var line and > 0)
        {
            var size = int.Parse(Encoding.ASCII.GetString([.. _wire[_decoded..(line - 1)]]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var end = line + 1 + size + 2;
            if (_wire.Count < end)
                return;
            Assert.Equal("\r\n"u8.ToArray(), _wire[(end - 2)..end]);
            _body.AddRange(_wire[(line + 1)..(line + 1 + size)]);
            _decoded = end;
            if (size == 0)
                Ended = Ending.Proper;
        }
    }
}
