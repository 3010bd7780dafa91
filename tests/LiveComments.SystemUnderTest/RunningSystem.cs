using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using LiveComments.Contracts;
using Xunit;

namespace LiveComments.SystemUnderTest;

/// <summary>The whole system, started from the AppHost with nothing kept and every port a free one; shared by the tests of a class or collection.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    /// <summary>Comments of one user on one stream within 30 s.</summary>
    public const int CommentsPerStream = 200;

    // Building is over by then; the servers may have to be installed first.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private DistributedApplication? _app;
    private HttpClient? _client;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("Not started.");

    /// <summary>Speaks to the gateway, as a browser does.</summary>
    public HttpClient Client => _client ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LiveComments_AppHost>(["--ephemeral"], timeout.Token);
        // High enough that only the test of the limit meets it.
        builder.CreateResourceBuilder((ProjectResource)builder.Resources.Single(resource => resource.Name == "api"))
            // However busy the machine is, no read is refused.
            .WithEnvironment("Degradation__Enabled", "false")
            .WithEnvironment("Admission__CommentsPerStream__Count", CommentsPerStream.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("Admission__CommentsGlobally__Count", (10 * CommentsPerStream).ToString(CultureInfo.InvariantCulture));
        foreach (var node in builder.Resources.OfType<ProjectResource>().Where(resource => resource.Name.StartsWith("fanout", StringComparison.Ordinal)))
        {
            // Tests say what comes next: nothing is left out, and no figures come in between.
            builder.CreateResourceBuilder(node)
                .WithEnvironment("Rooms__MaxCommentsPerSecond", CommentsPerStream.ToString(CultureInfo.InvariantCulture))
                .WithEnvironment("Degradation__Enabled", "false")
                .WithEnvironment("Figures__Viewers", "false")
                .WithEnvironment("Figures__Comments", "false");
        }

        _app = await builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", timeout.Token);
        _client = _app.CreateHttpClient("gateway");
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    /// <summary>A client that speaks as that user.</summary>
    public async Task<HttpClient> ClientOfAsync(string username, string role = Roles.User, string? displayName = null)
    {
        using var answer = await Client.PostAsJsonAsync("/api/auth/dev-token", new DevTokenRequest(username, displayName, role), ContractsJson.Default.DevTokenRequest);
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.DevToken);
        var client = App.CreateHttpClient("gateway");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token!.Token);
        return client;
    }

    /// <summary>A new stream, made by the client's user.</summary>
    public static async Task<LiveStream> NewStreamAsync(HttpClient client, string title = "A test")
    {
        using var answer = await client.PostAsJsonAsync("/api/streams", new CreateStream(title), ContractsJson.Default.CreateStream);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.LiveStream))!;
    }

    /// <summary>Posts, and hands the whole answer on.</summary>
    public static async Task<HttpResponseMessage> PostAsync(HttpClient client, string streamId, PostComment post, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/streams/{streamId}/comments")
        {
            Content = JsonContent.Create(post, ContractsJson.Default.PostComment),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }

    /// <summary>Posts, and expects the comment to be accepted.</summary>
    public static async Task<Comment> PostAcceptedAsync(HttpClient client, string streamId, string content, string? key = null)
    {
        using var answer = await PostAsync(client, streamId, new PostComment(content), key);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!;
    }
}
