using System.Net.ServerSentEvents;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.SystemUnderTest;

/// <summary>One event as a browser's EventSource would hand it on.</summary>
public sealed record ReceivedEvent(string Type, string? Id, JsonElement Payload);

/// <summary>A viewer over server-sent events.</summary>
public sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly Queue<Comment> _comments = new();

    private EventStream(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) => (_response, _items) = (response, items);

    public HttpResponseMessage Response => _response;

    /// <summary>The newest id that came: what EventSource would send after a reconnect.</summary>
    public string? LastEventId { get; private set; }

    public static async Task<EventStream> OpenAsync(HttpClient client, string streamId, string? lastEventId = null, string? ticket = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/live/streams/{streamId}/events{(ticket is null ? "" : $"?ticket={ticket}")}");
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await Eventually.WithinAsync("the stream's headers", client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        response.EnsureSuccessStatusCode();
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        return new EventStream(response, parser.EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>The next event, of whatever type.</summary>
    public async Task<ReceivedEvent> NextAsync(string what)
    {
        if (!await Eventually.WithinAsync(what, _items.MoveNextAsync().AsTask()))
            throw new EndOfStreamException($"The stream ended before: {what}.");
        var item = _items.Current;
        LastEventId = item.EventId ?? LastEventId;
        using var message = JsonDocument.Parse(item.Data);
        return new ReceivedEvent(item.EventType, item.EventId, message.RootElement.GetProperty("payload").Clone());
    }

    /// <summary>The next comment, out of whatever batch.</summary>
    public async Task<Comment> NextCommentAsync(string what)
    {
        Comment? comment;
        while (!_comments.TryDequeue(out comment))
        {
            var received = await NextAsync(what);
            if (received.Type != ServerMessageTypes.CommentsBatch)
                continue;
            foreach (var one in received.Payload.Deserialize(ContractsJson.Default.CommentsBatch)!.Comments)
                _comments.Enqueue(one);
        }

        return comment;
    }

    public void Dispose() => _response.Dispose();
}
