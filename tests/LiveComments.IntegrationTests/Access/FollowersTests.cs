using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Who may comment on a stream for followers or subscribers, and on one that looks at newcomers twice.</summary>
[Collection(AccessCollection.Name)]
public sealed class FollowersTests(AccessSystem system) : IDisposable
{
    private const string Owner = "followed owner äöü";

    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of(Owner));
    private readonly string _name = $"fan-{Guid.NewGuid():N}";
    private readonly List<HttpClient> _clients = [];

    public void Dispose()
    {
        _owner.Dispose();
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Followers_comment_in_every_process_from_the_moment_they_follow_and_cease_with_it()
    {
        var (here, elsewhere) = (ClientOf(system.Api, TestTokens.Of(_name)), ClientOf(system.ClosedApi, TestTokens.Of(_name)));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await SetAsync(stream.Id, new StreamSettings { FollowersOnlySeconds = 0 });
        await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "welcome, friends");
        for (var round = 0; round < 5; round++)
        {
            await AssertRefusedAsync(here, stream.Id, ErrorCodes.FollowersOnly, "/api/users/followed%20owner%20%C3%A4%C3%B6%C3%BC/follow");
            await AssertRefusedAsync(elsewhere, stream.Id, ErrorCodes.FollowersOnly);
            await FollowAsync(here, HttpMethod.Put);
            await RunningSystem.PostAcceptedAsync(elsewhere, stream.Id, "hello");
            await FollowAsync(elsewhere, HttpMethod.Delete);
            await FollowAsync(here, HttpMethod.Delete);
        }

        await FollowAsync(here, HttpMethod.Put);
        var since = Assert.Single(await FollowsAsync(elsewhere));
        await FollowAsync(elsewhere, HttpMethod.Put);
        Assert.Equal((Owner, since.Since), (Assert.Single(await FollowsAsync(here)) is var one ? (one.UserId, one.Since) : default));
        await Eventually.UntilAsync("Postgres knows the follow", async () => await ScalarAsync("select count(*) from follows where user_id = $1 and is_following", _name) is 1L);
        // A Redis that lost everything learns it again.
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(system.Redis.ConnectionString))
            await redis.GetDatabase().KeyDeleteAsync($"follows:{{{_name}}}");
        await RunningSystem.PostAcceptedAsync(elsewhere, stream.Id, "still a follower");
        await SetAsync(stream.Id, new StreamSettings { FollowersOnlySeconds = 3600 });
        await Eventually.UntilAsync("a young follow is not enough", async () =>
        {
            using var answer = await RunningSystem.PostAsync(elsewhere, stream.Id, new PostComment("hello"));
            return answer.StatusCode == HttpStatusCode.Forbidden && (await answer.Content.ReadAsStringAsync()).Contains("not long enough", StringComparison.Ordinal);
        });
        await SetAsync(stream.Id, new StreamSettings { FollowersOnlySeconds = 1 });
        await Eventually.UntilAsync("a second of it is", async () =>
        {
            using var answer = await RunningSystem.PostAsync(elsewhere, stream.Id, new PostComment("hello"));
            return answer.StatusCode == HttpStatusCode.Created;
        });
    }

    [Fact]
    public async Task A_token_says_who_subscribes_and_whom_its_user_follows()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await SetAsync(stream.Id, new StreamSettings { SubscribersOnly = true });
        await AssertRefusedAsync(ClientOf(system.Api, TestTokens.Of(_name)), stream.Id, ErrorCodes.SubscribersOnly);
        await AssertRefusedAsync(ClientOf(system.Api, TestTokens.Of(_name, claims: [("subscriber", "somebody-else")])), stream.Id, ErrorCodes.SubscribersOnly);
        await AssertRefusedAsync(ClientOf(system.Api, TestTokens.Of(_name, claims: [("subscriber", false)])), stream.Id, ErrorCodes.SubscribersOnly);
        await RunningSystem.PostAcceptedAsync(ClientOf(system.Api, TestTokens.Of(_name, claims: [("subscriber", true)])), stream.Id, "to all");
        await RunningSystem.PostAcceptedAsync(ClientOf(system.Api, TestTokens.Of(_name, claims: [("subscriber", new[] { "somebody-else", Owner })])), stream.Id, "to this one");
        await RunningSystem.PostAcceptedAsync(ClientOf(system.Api, TestTokens.Of("subscribers-judge", Roles.Moderator)), stream.Id, "on duty");

        await SetAsync(stream.Id, new StreamSettings { FollowersOnlySeconds = 3600 });
        await AssertRefusedAsync(ClientOf(system.Api, TestTokens.Of(_name, claims: [("follows", new[] { "somebody-else" })])), stream.Id, ErrorCodes.FollowersOnly);
        await RunningSystem.PostAcceptedAsync(ClientOf(system.Api, TestTokens.Of(_name, claims: [("follows", new[] { "somebody-else", Owner })])), stream.Id, "as my token says");
    }

    [Fact]
    public async Task Follows_that_make_no_sense_are_refused_and_too_many_changes_are_told_when_to_go_on()
    {
        var fan = ClientOf(system.Api, TestTokens.Of(_name));
        await ProblemDocument.AssertAsync(fan, HttpMethod.Put, $"/api/users/{_name}/follow", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        await ProblemDocument.AssertAsync(fan, HttpMethod.Put, $"/api/users/{new string('x', 200)}/follow", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        await ProblemDocument.AssertAsync(fan, HttpMethod.Put, "/api/users/a%01b/follow", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        Assert.Empty(await FollowsAsync(fan));
        for (var change = 0; change < 30; change++)
            await FollowAsync(fan, change % 2 == 0 ? HttpMethod.Put : HttpMethod.Delete);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/users/{Uri.EscapeDataString(Owner)}/follow");
        using var refused = await fan.SendAsync(request);
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited, retryable: true);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Empty(await FollowsAsync(fan));
    }

    [Fact]
    public async Task Newcomers_comments_wait_in_every_process_and_those_of_old_users_do_not()
    {
        var (stream, elsewhere) = (await RunningSystem.NewStreamAsync(_owner), await RunningSystem.NewStreamAsync(_owner));
        await ScalarAsync("insert into users (id, username, first_seen, last_seen) values ($1, 'old', '2020-01-01', '2020-01-01') returning id", $"{_name}-old");
        var rules = new ModerationRules { NewUsers = new(ModerationActions.Hold, Max: 600) };
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", rules, ContractsJson.Default.ModerationRules);
        foreach (var process in new[] { system.Api, system.ClosedApi })
        {
            var old = ClientOf(process, TestTokens.Of($"{_name}-old"));
            var newcomer = ClientOf(process, TestTokens.Of($"{_name}-new"));
            await Eventually.UntilAsync("who has been here for years is shown", async () => (await RunningSystem.PostAcceptedAsync(old, stream.Id, "as ever")).Status is null);
            await Eventually.UntilAsync("a first comment waits", async () => (await RunningSystem.PostAcceptedAsync(newcomer, stream.Id, "hi, I'm new")).Status == HeldStatus.Held);
            // Where nobody asks it is shown; that makes its author no old user.
            Assert.Null((await RunningSystem.PostAcceptedAsync(newcomer, elsewhere.Id, "hi there")).Status);
            Assert.Equal(HeldStatus.Held, (await RunningSystem.PostAcceptedAsync(newcomer, stream.Id, "me again")).Status);
        }

        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", rules with { NewUsers = new(ModerationActions.Hold, Max: 1) }, ContractsJson.Default.ModerationRules);
        await Eventually.UntilAsync("after a while nobody is new", async () => (await RunningSystem.PostAcceptedAsync(ClientOf(system.Api, TestTokens.Of($"{_name}-new")), stream.Id, "still here")).Status is null);
    }

    private HttpClient ClientOf(ServiceProcess service, string token)
    {
        var client = AccessSystem.ClientOf(service, token);
        _clients.Add(client);
        return client;
    }

    private Task SetAsync(string streamId, StreamSettings settings) => Wire.PutAsync(_owner, $"/api/streams/{streamId}/settings", settings, ContractsJson.Default.StreamSettings);

    private static Task FollowAsync(HttpClient client, HttpMethod method) => Wire.SendAsync(client, method, $"/api/users/{Uri.EscapeDataString(Owner)}/follow");

    private static async Task<IReadOnlyList<Follow>> FollowsAsync(HttpClient client) => (await Wire.GetAsync(client, "/api/users/me/follows", ContractsJson.Default.FollowList)).Follows;

    // A setting reaches other processes by the log, in some milliseconds.
    private static Task AssertRefusedAsync(HttpClient client, string streamId, string code, string detail = "") =>
        Eventually.UntilAsync($"the answer {code}", async () =>
        {
            using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment("hello"));
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.Forbidden, code);
            return (await answer.Content.ReadAsStringAsync()).Contains(detail, StringComparison.Ordinal);
        });

    private async Task<object?> ScalarAsync(string sql, string value)
    {
        await using var database = NpgsqlDataSource.Create(system.Postgres.ConnectionString);
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync();
    }
}
