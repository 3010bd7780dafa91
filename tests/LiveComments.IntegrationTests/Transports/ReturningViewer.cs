using System.Net.WebSockets;
using LiveComments.Contracts;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A viewer that comes back with its cursor whenever its connection breaks, as a browser would.</summary>
sealed class ReturningViewer(string transport, Uri address, string streamId)
{
    // What the service tells an EventSource to wait, and the least that our page waits after a refusal.
    private static readonly TimeSpan AfterACut = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterARefusal = TimeSpan.FromSeconds(1);

    private LiveClient? _client;

    public string Transport => transport;

    /// <summary>Of all comments, in the order in which they came.</summary>
    public List<string> Contents { get; } = [];

    /// <summary>How often it came back.</summary>
    public int Returns { get; private set; }

    /// <summary>The longest time from when a comment was posted until it was here.</summary>
    public TimeSpan Latest { get; private set; }

    /// <summary>Is in when it returns, and knows where.</summary>
    public async Task ComeAsync()
    {
        _client = await LiveClient.OpenAsync(transport, address, streamId);
        await _client.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
    }

    public Task WatchAsync(int comments) => WatchUntilAsync(() => Contents.Count >= comments);

    public async Task WatchUntilAsync(Func<bool> isOver)
    {
        while (!isOver())
        {
            try
            {
                var comment = await _client!.NextCommentAsync($"comment {Contents.Count}");
                Contents.Add(comment.Content);
                var after = TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(comment.CreatedAt);
                Latest = after > Latest ? after : Latest;
            }
            catch (Exception exception) when (IsCut(exception))
            {
                await ComeBackAsync();
            }
        }

        await _client!.DisposeAsync();
    }

    private async Task ComeBackAsync()
    {
        Returns++;
        var cursor = _client!.Cursor;
        await _client.DisposeAsync();
        for (var pause = AfterACut; ; pause = AfterARefusal)
        {
            await Task.Delay(pause, TimeProvider.System, CancellationToken.None);
            try
            {
                _client = await LiveClient.OpenAsync(transport, address, streamId, cursor);
                return;
            }
            catch (Exception exception) when (IsCut(exception))
            {
                // Not yet.
            }
        }
    }

    private static bool IsCut(Exception exception) => exception is EndOfStreamException or HttpRequestException or WebSocketException or IOException;
}
