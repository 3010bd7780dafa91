using System.Text.Json;
using LiveComments.Contracts;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A message as a client got it, by whatever transport.</summary>
public sealed record LiveMessage(string Type, JsonElement Payload);

/// <summary>A viewer of one stream, whatever it speaks.</summary>
abstract class LiveClient : IAsyncDisposable
{
    public const string Sse = "sse";

    /// <summary>Server-sent events through the gateway, over its trunk; the address is the gateway's.</summary>
    public const string SseOverTrunk = "sse over a trunk";

    public const string WebSocket = "ws";
    public const string Poll = "poll";

    private readonly Queue<Comment> _comments = new();

    /// <summary>What to resume from; null until the service said one.</summary>
    public string? Cursor { get; protected set; }

    public static async Task<LiveClient> OpenAsync(string transport, Uri node, string streamId, string? cursor = null, string? token = null) => transport switch
    {
        Sse or SseOverTrunk => await SseClient.OpenAsync(node, streamId, cursor, token),
        WebSocket => await SocketClient.OpenAsync(node, $"/live/streams/{streamId}/ws{(cursor is null ? "" : $"?cursor={cursor}")}", token),
        Poll => new PollClient(node, streamId, cursor, token),
        _ => throw new ArgumentOutOfRangeException(nameof(transport)),
    };

    /// <summary>The next message that shows something.</summary>
    /// <exception cref="EndOfStreamException">The service ended the connection.</exception>
    public abstract Task<LiveMessage> NextAsync(string what);

    public abstract ValueTask DisposeAsync();

    /// <summary>The next comment, out of whatever batch.</summary>
    public async Task<Comment> NextCommentAsync(string what)
    {
        Comment? comment;
        while (!_comments.TryDequeue(out comment))
        {
            if (await NextAsync(what) is { Type: ServerMessageTypes.CommentsBatch } message)
                EnqueueAll(Batch(message));
        }

        return comment;
    }

    /// <summary>The contents of the next comments, in order.</summary>
    public async Task<List<string>> NextContentsAsync(int count, string what)
    {
        var contents = new List<string>();
        while (contents.Count < count)
            contents.Add((await NextCommentAsync($"{what}: {contents.Count} of {count} so far")).Content);
        return contents;
    }

    /// <summary>The next message of that type. Comments that come before it are kept for who asks for comments.</summary>
    public async Task<LiveMessage> NextOfTypeAsync(string type)
    {
        while (true)
        {
            var message = await NextAsync($"a {type}");
            if (message.Type == type)
                return message;
            if (message.Type == ServerMessageTypes.CommentsBatch)
                EnqueueAll(Batch(message));
        }
    }

    public static CommentsBatch Batch(LiveMessage message) => message.Payload.Deserialize(ContractsJson.Default.CommentsBatch)!;

    private void EnqueueAll(CommentsBatch batch)
    {
        foreach (var comment in batch.Comments)
            _comments.Enqueue(comment);
    }
}
