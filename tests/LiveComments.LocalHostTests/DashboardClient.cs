using System.Net;
using System.Text.Json;
using Aspire.Hosting.Dashboard;

namespace LiveComments.LocalHostTests;

/// <summary>Somebody who was let in by the key.</summary>
internal sealed class DashboardClient : IDisposable
{
    private readonly HttpClient _client;

    private DashboardClient(HttpClient client) => _client = client;

    public static async Task<DashboardClient> LoginAsync(DashboardServer dashboard)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(dashboard.Url), Timeout = TimeSpan.FromSeconds(60) };
        using var answer = await client.GetAsync(new Uri(dashboard.LoginUrl));
        answer.EnsureSuccessStatusCode();
        return new(client);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }

    /// <param name="path">What to do.</param>
    /// <param name="origin">The page that asks, as its browser tells; null: none.</param>
    public async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => _client.Dispose();
}
