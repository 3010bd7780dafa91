using System.Net.Http.Headers;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>Publishes to a peer by POST on a kept connection.</summary>
sealed class HttpPublish(Uri address) : IDisposable
{
    private readonly HttpClient _client = new();

    public HttpClient Client => _client;

    public async Task SendAsync(byte[] comment)
    {
        using var content = new ByteArrayContent(comment);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _client.PostAsync(address, content);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
