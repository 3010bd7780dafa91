using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Bench.Common.Machine;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Page;

/// <summary>The whole system, Release builds over servers of its own: Api, one Fanout node, and the Gateway, which serves the page.</summary>
sealed class Services : IAsyncDisposable
{
    private const string SigningKey = "a key for benchmarks that nobody else has";

    // So many that each posts as rarely as a person; their limits are raised all the same.
    private const int Users = 50;

    private readonly NatsServer _nats = new();
    private readonly RedisServer _redis = new();
    private readonly PostgresServer _postgres = new();
    private readonly List<ChildProcess> _processes = [];
    private readonly List<HttpClient> _users = [];

    private Services()
    {
    }

    public Uri Address { get; private set; } = null!;

    public static async Task<Services> StartAsync()
    {
        var services = new Services();
        await Task.WhenAll(services._nats.StartAsync(), services._redis.StartAsync(), services._postgres.StartAsync());
        var common = new Dictionary<string, string>
        {
            ["ConnectionStrings__nats"] = services._nats.Url,
            ["ConnectionStrings__redis"] = services._redis.ConnectionString,
            ["ConnectionStrings__comments"] = services._postgres.ConnectionString,
            ["Auth__SigningKey"] = SigningKey,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Admission__CommentsPerStream__Count"] = "10000",
            ["Admission__CommentsGlobally__Count"] = "10000",
            // The page gets all of them: what it can take is the question.
            ["Rooms__MaxCommentsPerSecond"] = "10000",
        };
        var api = await services.StartAsync("LiveComments.Api", common);
        var fanout = await services.StartAsync("LiveComments.Fanout", new(common) { ["services__api__http__0"] = api.ToString() });
        services.Address = await services.StartAsync("LiveComments.Gateway", new(common)
        {
            ["services__api__http__0"] = api.ToString(),
            ["services__fanout-1__http__0"] = fanout.ToString(),
        });
        for (var user = 0; user < Users; user++)
            services._users.Add(await services.ClientOfAsync(string.Create(CultureInfo.InvariantCulture, $"viewer{user}")));
        return services;
    }

    /// <summary>A new stream's page.</summary>
    public async Task<(string StreamId, string Page)> NewStreamAsync()
    {
        using var answer = await _users[0].PostAsJsonAsync("/api/streams", new CreateStream("A benchmark"), ContractsJson.Default.CreateStream);
        answer.EnsureSuccessStatusCode();
        var id = (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.LiveStream))!.Id;
        return (id, new Uri(Address, $"/streams/{id}").ToString());
    }

    /// <summary>Somebody comments; each comment is somebody else's.</summary>
    public async Task PostAsync(string streamId, int number)
    {
        using var answer = await _users[number % Users].PostAsJsonAsync($"/api/streams/{streamId}/comments", new PostComment(Text(number)), ContractsJson.Default.PostComment);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var user in _users)
            user.Dispose();
        foreach (var process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
        await _postgres.DisposeAsync();
        await _redis.DisposeAsync();
        await _nats.DisposeAsync();
    }

    // Of one line, and of several, as people write.
    private static string Text(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"comment {number}: {string.Concat(Enumerable.Repeat("what a launch 🚀 ", 1 + (number * 7 % 6)))}");

    private async Task<Uri> StartAsync(string project, Dictionary<string, string> environment)
    {
        var folder = Path.Combine(Repository.Root, project, "bin", "Release", "net10.0");
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ServerProcess.FreePort()}"));
        environment["ASPNETCORE_URLS"] = address.ToString();
        var process = new ChildProcess(project, "dotnet", [Path.Combine(folder, project + ".dll")], environment, folder);
        _processes.Add(process);
        using var client = new HttpClient();
        await process.UntilAnswersAsync(client, new Uri(address, "/health").ToString());
        return address;
    }

    private async Task<HttpClient> ClientOfAsync(string username)
    {
        var client = new HttpClient { BaseAddress = Address };
        using var answer = await client.PostAsJsonAsync("/api/auth/dev-token", new DevTokenRequest(username), ContractsJson.Default.DevTokenRequest);
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.DevToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token!.Token);
        return client;
    }
}
