using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Requests as tests write them: what to ask, and what must be answered.</summary>
static class Wire
{
    public static async Task<T> GetAsync<T>(HttpClient client, string path, JsonTypeInfo<T> type) => (await client.GetFromJsonAsync(new Uri(path, UriKind.Relative), type))!;

    public static async Task PutAsync<T>(HttpClient client, string path, T body, JsonTypeInfo<T> type)
    {
        using var answer = await client.PutAsJsonAsync(path, body, type);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    public static async Task PostAsync<T>(HttpClient client, string path, T body, JsonTypeInfo<T> type, HttpStatusCode expected = HttpStatusCode.NoContent)
    {
        using var answer = await client.PostAsJsonAsync(path, body, type);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    public static async Task RefusedAsync<T>(HttpClient client, string path, T body, JsonTypeInfo<T> type, HttpStatusCode status, string code)
    {
        using var answer = await client.PostAsJsonAsync(path, body, type);
        await ProblemDocument.AssertAsync(answer, status, code);
    }

    /// <summary>With no body.</summary>
    public static async Task SendAsync(HttpClient client, HttpMethod method, string path, HttpStatusCode expected = HttpStatusCode.NoContent)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await client.SendAsync(request);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
