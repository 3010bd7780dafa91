using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>One of thousands who watch by server-sent events: a socket and no client library. It comes back as a browser does.</summary>
sealed partial class CrowdViewer(string streamId)
{
    private readonly StringBuilder _unread = new();
    private string? _cursor;
    private int _retryMs;

    /// <summary>Numbers of the comments that it was shown, in order.</summary>
    public List<int> Seen { get; } = [];

    /// <summary>After how long it was told to come back when its connection ended.</summary>
    public int RetryMs => _retryMs;

    public int Connections { get; private set; }

    /// <summary>Watches until it was shown <paramref name="last"/>, at the nodes one after the other.</summary>
    public async Task WatchAsync(IReadOnlyList<Uri> nodes, int last)
    {
        while (Seen.LastOrDefault(-1) < last)
        {
            if (Connections > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(_retryMs), TimeProvider.System, CancellationToken.None);
            await ConnectAsync(nodes[Math.Min(Connections++, nodes.Count - 1)], last);
        }
    }

    private async Task ConnectAsync(Uri node, int last)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, node.Port);
        var resume = _cursor is null ? "" : $"Last-Event-ID: {_cursor}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /live/streams/{streamId}/events HTTP/1.1\r\nHost: {node.Authority}\r\n{resume}\r\n"));
        _unread.Clear();
        var chunks = new Chunks();
        var buffer = new byte[4096];
        while (Seen.LastOrDefault(-1) < last && await socket.ReceiveAsync(buffer) is var count and > 0)
        {
            chunks.Take(buffer.AsSpan(0, count), _unread);
            TakeEvents();
        }
    }

    /// <summary>Whole events only: what was cut off comes again.</summary>
    private void TakeEvents()
    {
        var text = _unread.ToString();
        var whole = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (whole < 0)
            return;
        _unread.Remove(0, whole + 2);
        foreach (var one in text[..whole].Split("\n\n"))
        {
            foreach (Match comment in Content().Matches(one))
                Seen.Add(int.Parse(comment.Groups[1].Value, CultureInfo.InvariantCulture));
            if (Id().Match(one) is { Success: true } id)
                _cursor = id.Groups[1].Value;
            if (Retry().Match(one) is { Success: true } retry)
                _retryMs = int.Parse(retry.Groups[1].Value, CultureInfo.InvariantCulture);
        }
    }

    [GeneratedRegex("\"content\":\"(\\d+)\"")]
    private static partial Regex Content();

    [GeneratedRegex("(?:^|\n)id: (\\S+)")]
    private static partial Regex Id();

    [GeneratedRegex("(?:^|\n)retry: (\\d+)")]
    private static partial Regex Retry();
}
