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
/// <param name="comesBack">Whether it asks again, with its key, when Api says that the log does not answer: on a busy machine that may be so, whoever is killed.</param>
/// <param name="saysLength">Whether a body's length is said before it, as browsers do, or it comes in chunks.</param>
sealed class Poster(string name, AuthenticationHeaderValue token, string streamId, Func<ServiceProcess> choose, bool hasKeys = true, TimeSpan? pace = null, bool saysLength = false, bool comesBack = false)
{
    // One who is told so long that the log does not answer was told it for another reason.
    private const int MostComebacks = 30;
    private static readonly TimeSpan ComebackPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(60);

    /// <summary>In the order of the answers.</summary>
    public List<Comment> Accepted { get; } = [];

    public List<string> Failures { get; } = [];

    public async Task PostAsync(CancellationToken end)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        using var timer = new PeriodicTimer(pace ?? Pace, TimeProvider.System);
        using var comeback = new PeriodicTimer(ComebackPause, TimeProvider.System);
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(end); number++)
            {
                for (var times = 0; await PostAsync(client, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"), mayComeBack: comesBack && times < MostComebacks); times++)
                    // To the end: whether it was stored must be known.
                    await comeback.WaitForNextTickAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    /// <summary>True when it is to be asked again.</summary>
    private async Task<bool> PostAsync(HttpClient client, string content, bool mayComeBack)
    {
        var service = choose();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.Address, $"/api/streams/{streamId}/comments")) { Content = JsonContent.Create(new PostComment(content), ContractsJson.Default.PostComment) };
        if (saysLength)
            await request.Content.LoadIntoBufferAsync();
        request.Headers.Authorization = token;
        if (hasKeys)
            request.Headers.Add(LiveHeaders.IdempotencyKey, content);
        try
        {
            using var answer = await client.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.Created)
                Accepted.Add((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!);
            else if (mayComeBack && answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return true;
            else
                Failures.Add($"{content} at {service.Address}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Failures.Add($"{content} at {service.Address}: {exception.Message} {exception.InnerException?.Message}");
        }

        return false;
    }
}
