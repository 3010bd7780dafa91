using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Polly;

namespace LiveComments.Fanout.Api;

/// <summary>
/// Posts and reactions in a user's name, over Api's own REST interface: there is one way in, whatever a client speaks.
/// Retries, circuit breaker and time-outs are those of every client in this service.
/// </summary>
sealed class ApiClient(HttpClient http, ServiceToken ownToken)
{
    /// <summary>Found by service discovery.</summary>
    public static readonly Uri Address = new("http://api");

    /// <summary>After this, another Api process gets its share of the posts.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private const string IdempotencyKey = "Idempotency-Key";
    private const string NoSuchStream = "There is no stream of that id.";
    private const int MaxCommentIdDigits = 20;

    public Task<ApiAnswer> PostAsync(PostToStream post, string key, string bearer, CancellationToken cancellationToken) =>
        StreamId.IsValid(post.StreamId)
            ? SendAsync($"/api/streams/{post.StreamId}/comments", new PostComment(post.Content, post.ParentId, post.MediaTimeMs), ContractsJson.Default.PostComment, key, bearer, cancellationToken)
            : Refused(ErrorCodes.StreamNotFound, NoSuchStream);

    public Task<ApiAnswer> ReactAsync(React react, string bearer, CancellationToken cancellationToken)
    {
        if (!StreamId.IsValid(react.StreamId))
            return Refused(ErrorCodes.StreamNotFound, NoSuchStream);
        var body = new ReactionRequest(react.ReactionType);
        // Without one, a key of its own makes it the same reaction in every retry of ours.
        var key = react.IdempotencyKey ?? Guid.NewGuid().ToString("N");
        if (react.CommentId is null)
            return SendAsync($"/api/streams/{react.StreamId}/reactions", body, ContractsJson.Default.ReactionRequest, key, bearer, cancellationToken);
        // It becomes a part of an address, so nothing but an id may pass.
        return react.CommentId.Length is > 0 and <= MaxCommentIdDigits && react.CommentId.All(char.IsAsciiDigit)
            ? SendAsync($"/api/streams/{react.StreamId}/comments/{react.CommentId}/reactions", body, ContractsJson.Default.ReactionRequest, key, bearer, cancellationToken)
            : Refused(ErrorCodes.CommentNotFound, "There is no comment of that id.");
    }

    /// <summary>How many comments a stream has; null when Api doesn't say, for instance to nobody in particular where only an authority's tokens are taken.</summary>
    public async Task<long?> CommentCountAsync(string streamId, CancellationToken cancellationToken) =>
        (await ReadAsync($"/api/streams/{streamId}/metrics", ContractsJson.Default.StreamMetrics, cancellationToken))?.CommentCount;

    /// <summary>What the stream is; null when Api doesn't say.</summary>
    public Task<LiveStream?> StreamAsync(string streamId, CancellationToken cancellationToken) =>
        ReadAsync($"/api/streams/{streamId}", ContractsJson.Default.LiveStream, cancellationToken);

    private async Task<T?> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (ownToken.Current() is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync(type, cancellationToken) : null;
        }
        catch (Exception exception) when (IsNoAnswer(exception) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool IsNoAnswer(Exception exception) => exception is HttpRequestException or ExecutionRejectedException or OperationCanceledException or JsonException;

    private static Task<ApiAnswer> Refused(string code, string message) =>
        Task.FromResult(new ApiAnswer(StatusCodes.Status404NotFound) { Code = code, Message = message });

    private async Task<ApiAnswer> SendAsync<T>(string path, T body, JsonTypeInfo<T> type, string key, string bearer, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        request.Headers.TryAddWithoutValidation(IdempotencyKey, key);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
        catch (Exception exception) when (IsNoAnswer(exception) && !cancellationToken.IsCancellationRequested)
        {
            return ApiAnswer.None;
        }
    }

    private static async Task<ApiAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var answer = new ApiAnswer((int)response.StatusCode) { RetryAfterMs = (long?)response.Headers.RetryAfter?.Delta?.TotalMilliseconds };
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true)
            return answer;
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return answer.IsSuccess
            ? answer with { CommentId = Text(document, "id"), IsHeld = Text(document, "status") == HeldStatus.Held }
            : answer with { Code = Text(document, Problem.CodeField), Message = Text(document, "detail") };
    }

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
