using System.Net.ServerSentEvents;
using LiveComments.Contracts;

namespace LiveComments.Faults.Viewers;

/// <summary>As a browser's EventSource.</summary>
sealed class SseViewer(string name, HttpClient client, Uri gateway, string streamId, int stream, TimeProvider clock) : Viewer(name, gateway, streamId, stream, clock)
{
    protected override async Task WatchOnceAsync(Cursor? cursor, Action isIn, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway, $"/live/streams/{StreamId}/events"));
        if (cursor is { } from)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", from.ToString());
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        response.EnsureSuccessStatusCode();
        isIn();
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(stop), static (_, data) => MessageReading.Read(data));
        await foreach (var item in parser.EnumerateAsync(stop))
        {
            if (item.ReconnectionInterval is { } interval)
                RetryAfterACut = interval;
            Take(item.Data.Sighting, Cursor.TryParse(item.EventId, out var id) ? id : item.Data.Cursor);
        }
    }
}
