using System.Net;
using System.Text.Json;

namespace LiveComments.IntegrationTests;

/// <summary>What every refusal must be.</summary>
static class ProblemDocument
{
    public static async Task AssertAsync(HttpResponseMessage answer, HttpStatusCode status, string code, bool retryable = false)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.False(string.IsNullOrEmpty(problem.RootElement.GetProperty("detail").GetString()));
        Assert.Equal(retryable, problem.RootElement.GetProperty("retryable").GetBoolean());
    }

    /// <summary>Sends, and expects to be refused.</summary>
    public static async Task AssertAsync(HttpClient client, HttpMethod method, string path, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        using var answer = await client.SendAsync(request);
        await AssertAsync(answer, status, code);
    }
}
