using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;

namespace LiveComments.IntegrationTests;

/// <summary>Reacts, and reads who reacted.</summary>
static class Reactions
{
    public static async Task<CommentReactionState> SetAsync(HttpClient client, string streamId, string commentId, string type) =>
        await StateOfAsync(await client.PutAsync(Address(streamId, commentId, type), null));

    public static async Task<CommentReactionState> TakeBackAsync(HttpClient client, string streamId, string commentId, string type) =>
        await StateOfAsync(await client.DeleteAsync(Address(streamId, commentId, type)));

    public static async Task<CommentReactionState> ToggleAsync(HttpClient client, string streamId, string commentId, string type, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(streamId, commentId))
        {
            Content = JsonContent.Create(new ReactionRequest(type), ContractsJson.Default.ReactionRequest),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await StateOfAsync(await client.SendAsync(request));
    }

    public static async Task<CommentReactionPage> PageAsync(HttpClient client, string streamId, string commentId, string query = "") =>
        (await client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/comments/{commentId}/reactions{query}", UriKind.Relative), ContractsJson.Default.CommentReactionPage))!;

    public static Task<HttpResponseMessage> TapAsync(HttpClient client, string streamId, string type) =>
        client.PostAsJsonAsync(new Uri($"/api/streams/{streamId}/reactions", UriKind.Relative), new ReactionRequest(type), ContractsJson.Default.ReactionRequest);

    public static async Task<ReactionTotals> TotalsAsync(HttpClient client, string streamId) =>
        (await client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/reactions", UriKind.Relative), ContractsJson.Default.ReactionTotals))!;

    public static string Text<T>(IReadOnlyDictionary<string, T> counts) => string.Join(' ', counts.Select(count => $"{count.Key}:{count.Value}"));

    private static Uri Address(string streamId, string commentId, string? type = null) =>
        new($"/api/streams/{streamId}/comments/{commentId}/reactions{(type is null ? "" : $"/{type}")}", UriKind.Relative);

    private static async Task<CommentReactionState> StateOfAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.CommentReactionState))!;
        }
    }
}
