using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests.Access;

/// <summary>A user who sends to two Api processes at once gets no more than to one.</summary>
public sealed class LimitsOfTwoProcesses : IAsyncLifetime
{
    private const int PerStream = 5;
    private const int OverAll = 12;
    private const int Others = 4;

    // So long that none is over while a test runs: where a test wants the next one, it has Redis forget this one.
    private const string Window = "01:00:00";

    private WritePath _path = null!;
    private IConnectionMultiplexer _redis = null!;

    public async Task InitializeAsync()
    {
        var limits = new Dictionary<string, string> { ["Admission__CommentsGlobally__Count"] = $"{OverAll}", ["Admission__CommentsPerStream__Count"] = $"{PerStream}" };
        foreach (var name in new[] { "ReactionsPerStream", "CommentReactionsPerStream", "ReportsPerStream", "Follows" })
            limits[$"Admission__{name}__Count"] = $"{Others}";
        foreach (var name in new[] { "CommentsGlobally", "CommentsPerStream", "ReactionsPerStream", "CommentReactionsPerStream", "ReportsPerStream", "Follows" })
            limits[$"Admission__{name}__Window"] = Window;
        _path = await WritePath.StartAsync(apis: 2, environment: limits);
        _redis = await ConnectionMultiplexer.ConnectAsync(_path.Redis.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _path.DisposeAsync();
    }

    [Fact]
    public async Task Everything_that_is_limited_is_limited_over_both()
    {
        await Seed.ForEachAsync(4, CommentsAsync);
        await ReactionsAsync();
        await ToCommentsAsync();
        await FollowsAsync();
        await TicketsAsync();
        // The last, since it ends the others' way of counting.
        await WithoutRedisAsync();
    }

    private async Task CommentsAsync(Random random)
    {
        var user = $"user{random.Next():x}";
        using var clients = await ClientsAsync(user);
        var streams = new List<string>();
        for (var stream = random.Next(1, 4); stream > 0; stream--)
            streams.Add((await RunningSystem.NewStreamAsync(clients.One)).Id);
        for (var window = 0; window < 3; window++)
        {
            var posts = Enumerable.Range(0, random.Next(10, 40)).Select(_ => (Stream: streams[random.Next(streams.Count)], Client: random.Next(2) == 0 ? clients.One : clients.Other)).ToList();
            var answers = await Task.WhenAll(posts.Select(async post => (post.Stream, Status: await StatusAsync(RunningSystem.PostAsync(post.Client, post.Stream, new PostComment("at once"))))));
            Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.TooManyRequests, $"{answer.Status}"));
            // A post is refused only when its stream or everything is full, so it is known how many are let in.
            var wanted = streams.Sum(stream => Math.Min(PerStream, posts.Count(post => post.Stream == stream)));
            Assert.Equal(Math.Min(OverAll, wanted), answers.Count(answer => answer.Status == HttpStatusCode.Created));
            foreach (var stream in streams)
                Assert.InRange(answers.Count(answer => answer.Stream == stream && answer.Status == HttpStatusCode.Created), 0, PerStream);
            await _redis.GetDatabase().KeyDeleteAsync($"posts:{{dev-{user}}}");
        }
    }

    private async Task ReactionsAsync()
    {
        using var clients = await ClientsAsync("tapper");
        using var marks = await ClientsAsync("marker");
        var stream = (await RunningSystem.NewStreamAsync(marks.One)).Id;
        var answers = await Task.WhenAll(clients.InTurn(10 * Others).Select(client => StatusAsync(Reactions.TapAsync(client, stream, "like"))));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Accepted, status));
        // Each process counts in the order in which it was asked: with these two everything before them is counted.
        await Task.WhenAll(marks.InTurn(2).Select(client => StatusAsync(Reactions.TapAsync(client, stream, "love"))));
        await Eventually.UntilAsync("what both processes had gathered is counted", async () => (await Reactions.TotalsAsync(marks.One, stream)).Counts.GetValueOrDefault("love") == 2);
        Assert.Equal(Others, (await Reactions.TotalsAsync(marks.One, stream)).Counts["like"]);
    }

    private async Task ToCommentsAsync()
    {
        using var clients = await ClientsAsync("reporter");
        using var author = await ClientsAsync("author");
        var stream = (await RunningSystem.NewStreamAsync(author.One)).Id;
        var comments = new List<Comment>();
        for (var comment = 0; comment < PerStream; comment++)
            comments.Add(await RunningSystem.PostAcceptedAsync(author.One, stream, $"comment {comment}"));
        var reports = await Task.WhenAll(clients.InTurn(8 * Others).Select((client, index) =>
            StatusAsync(client.PostAsJsonAsync($"/api/streams/{stream}/comments/{comments[index % comments.Count].Id}/reports", new ReportRequest("spam"), ContractsJson.Default.ReportRequest))));
        AssertLimited(reports, HttpStatusCode.NoContent, Others);
        var reactions = await Task.WhenAll(clients.InTurn(8 * Others).Select((client, index) =>
            StatusAsync(client.PutAsync(new Uri($"/api/streams/{stream}/comments/{comments[index % comments.Count].Id}/reactions/like", UriKind.Relative), null))));
        AssertLimited(reactions, HttpStatusCode.OK, Others);
    }

    private async Task FollowsAsync()
    {
        using var clients = await ClientsAsync("follower");
        AssertLimited(await Task.WhenAll(clients.InTurn(8 * Others).Select((client, index) => StatusAsync(client.PutAsync(new Uri($"/api/users/somebody-{index}/follow", UriKind.Relative), null)))), HttpStatusCode.NoContent, Others);
    }

    private async Task TicketsAsync()
    {
        using var clients = await ClientsAsync("watcher");
        var stream = (await RunningSystem.NewStreamAsync(clients.One)).Id;
        var began = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(clients.InTurn(2 * LiveTickets.MaxTickets).Select(client => StatusAsync(client.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest))));
        // This window is a minute and not for us to choose; on a machine that is so slow there may have been another one.
        var windows = 1 + (int)(Stopwatch.GetElapsedTime(began) / LiveTickets.TicketWindow);
        AssertLimited(answers, HttpStatusCode.OK, LiveTickets.MaxTickets, windows);
    }

    private async Task WithoutRedisAsync()
    {
        using var clients = await ClientsAsync("opportunist");
        var stream = (await RunningSystem.NewStreamAsync(clients.One)).Id;
        var answered = 0;
        var killed = new TaskCompletionSource();
        var posting = Task.WhenAll(clients.InTurn(20 * PerStream).Select(async (client, index) =>
        {
            // Some before, some while, some after.
            if (index >= 10 * PerStream)
                await killed.Task;
            var status = await StatusAsync(RunningSystem.PostAsync(client, stream, new PostComment("while nobody counts")));
            Interlocked.Increment(ref answered);
            return status;
        }));
        await Eventually.UntilAsync("some are answered", () => Volatile.Read(ref answered) >= PerStream);
        await _path.Redis.KillAsync();
        killed.SetResult();
        var statuses = await Eventually.WithinAsync("all are answered", posting, TimeSpan.FromSeconds(60));
        Assert.All(statuses, status => Assert.True(status is HttpStatusCode.Created or HttpStatusCode.TooManyRequests, $"{status}"));
        // What Redis had let through, and then each process by itself.
        Assert.InRange(statuses.Count(status => status == HttpStatusCode.Created), PerStream, 3 * PerStream);
    }

    private static void AssertLimited(HttpStatusCode[] answers, HttpStatusCode admitted, int limit, int windows = 1)
    {
        Assert.All(answers, status => Assert.True(status == admitted || status == HttpStatusCode.TooManyRequests, $"{status}"));
        Assert.InRange(answers.Count(status => status == admitted), limit, limit * windows);
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        return answer.StatusCode;
    }

    private async Task<Clients> ClientsAsync(string user) => new(await _path.ClientOfAsync(user), await _path.ClientOfAsync(user, _path.Apis[1]));

    /// <summary>One user at both processes.</summary>
    private sealed record Clients(HttpClient One, HttpClient Other) : IDisposable
    {
        public IEnumerable<HttpClient> InTurn(int count) => Enumerable.Range(0, count).Select(index => index % 2 == 0 ? One : Other);

        public void Dispose()
        {
            One.Dispose();
            Other.Dispose();
        }
    }
}
