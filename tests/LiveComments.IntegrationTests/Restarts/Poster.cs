using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Restarts;

/// <summary>Posts again and again over connections that are kept, and never a second time: what fails has failed.</summary>
/// <param name="name">Begins what it posts.</param>
/// <param name="token">Whose.</param>
/// <param name="streamId">Where.</param>
/// <param name="choose">Whom it asks next.</param>
/// <param name="hasKeys">Whether posts have an idempotency key.</param>
/// <param name="pace">Between two posts at least; each waits for the one before it.</param>
sealed class Poster(string name, AuthenticationHeaderValue token, string streamId, Func<ServiceProcess> choose, bool hasKeys = true, TimeSpan? pace = null)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(60);

    /// <summary>In the order of the answers.</summary>
    public List<Comment> Accepted { get; } = [];

    public List<string> Failures { get; } = [];

    public async Task PostAsync(CancellationToken end)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        using var timer = new PeriodicTimer(pace ?? Pace, TimeProvider.System);
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(end); number++)
                await PostAsync(client, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    private async Task PostAsync(HttpClient client, string content)
    {
        var service = choose();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.Address, $"/api/streams/{streamId}/comments")) { Content = JsonContent.Create(new PostComment(content), ContractsJson.Default.PostComment) };
        request.Headers.Authorization = token;
        if (hasKeys)
            request.Headers.Add(LiveHeaders.IdempotencyKey, content);
        try
        {
            using var answer = await client.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.Created)
                Accepted.Add((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!);
            else
                Failures.Add($"{content} at {service.Address}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Failures.Add($"{content} at {service.Address}: {exception.Message} {exception.InnerException?.Message}");
        }
    }
}
