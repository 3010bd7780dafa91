using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>As a browser's EventSource.</summary>
sealed class SseClient : LiveClient
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private SseClient(HttpClient http, HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) => (_http, _response, _items) = (http, response, items);

    public static async Task<LiveClient> OpenAsync(Uri node, string streamId, string? cursor, string? token)
    {
        var http = new HttpClient { BaseAddress = node };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/live/streams/{streamId}/events");
        if (cursor is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", cursor);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await Eventually.WithinAsync("the stream's headers", http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        response.EnsureSuccessStatusCode();
        var items = SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
        return new SseClient(http, response, items);
    }

    public override async Task<LiveMessage> NextAsync(string what)
    {
        if (!await Eventually.WithinAsync(what, MoveNextAsync()))
            throw new EndOfStreamException($"The stream ended before: {what}.");
        Cursor = _items.Current.EventId ?? Cursor;
        using var message = JsonDocument.Parse(_items.Current.Data);
        Assert.Equal(_items.Current.EventType, message.RootElement.GetProperty("type").GetString());
        return new LiveMessage(_items.Current.EventType, message.RootElement.GetProperty("payload").Clone());
    }

    public override ValueTask DisposeAsync()
    {
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> MoveNextAsync()
    {
        try
        {
            return await _items.MoveNextAsync();
        }
        catch (Exception exception) when (exception is HttpIOException or IOException)
        {
            return false;
        }
    }
}
