using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>Deep history from a read-only copy of Postgres. Here it is the same server under another user, who may do nothing but read.</summary>
public sealed class ReadReplicaTests
{
    private const string Setting = "ConnectionStrings__comments-replica";

    [Fact]
    public async Task Deep_history_is_read_from_the_copy_and_nothing_else_is()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await using var primary = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
        await ExecuteAsync(primary, "create role reader login password 'reader-password'; grant pg_read_all_data to reader; alter role reader set default_transaction_read_only = on");
        await path.Apis[0].KillAsync();
        // As documented for several copies: the first is away, the last is the primary itself.
        path.Apis[0].Set(Setting, $"Host=127.0.0.1:1,127.0.0.1:{path.Postgres.Port};Target Session Attributes=prefer-standby;Load Balance Hosts=true;Username=reader;Password=reader-password;Database=postgres");
        await path.Apis[0].StartAsync();
        var posted = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "read by the reader", "1");
        await Eventually.UntilAsync("it is stored", async () => (await path.StoredAsync(stream.Id)).Count == 1);

        foreach (var order in new[] { "oldest", "top" })
            Assert.Equal(posted.Id, Assert.Single((await PageAsync(ada, stream.Id, order)).Comments).Id);
        await using (var command = primary.CreateCommand("select count(*) from pg_stat_activity where usename = 'reader'"))
            Assert.True(await command.ExecuteScalarAsync() is > 0L);

        // The copy is away: deep history says so, and posts, the newest page and figures, which are the primary's, go on.
        await ExecuteAsync(primary, "alter role reader nologin; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'");
        using (var away = await ada.GetAsync(Address(stream.Id, "oldest")))
            await ProblemDocument.AssertAsync(away, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "meanwhile", "2");
        Assert.Equal(2, (await PageAsync(ada, stream.Id, "newest")).Comments.Count);
        using (var figures = await ada.GetAsync(new Uri($"/api/streams/{stream.Id}/metrics", UriKind.Relative)))
            figures.EnsureSuccessStatusCode();

        await ExecuteAsync(primary, "alter role reader login");
        await Eventually.UntilAsync("deep history is read again", async () => (await PageAsync(ada, stream.Id, "oldest")).Comments.Count == 2);
    }

    [Theory]
    [InlineData("Host=replica;Nonsense=1;Password=never-shown", "can't be read as a connection string")]
    [InlineData("Username=reader;Password=never-shown", "names no Host")]
    public async Task A_connection_string_that_is_none_is_refused_at_the_start_and_not_shown(string given, string complaint)
    {
        await using var api = new ServiceProcess("LiveComments.Api", new Dictionary<string, string>
        {
            ["ConnectionStrings__comments"] = "Host=127.0.0.1;Port=1",
            ["ConnectionStrings__redis"] = "127.0.0.1:1",
            ["ConnectionStrings__nats"] = "nats://127.0.0.1:1",
            ["Auth__SigningKey"] = WritePath.SigningKey,
            [Setting] = given,
        });

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => api.StartAsync());

        Assert.Contains(complaint, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("never-shown", fault.Message, StringComparison.Ordinal);
    }

    private static Uri Address(string streamId, string order) => new($"/api/streams/{streamId}/comments?order={order}", UriKind.Relative);

    private static async Task<CommentPage> PageAsync(HttpClient client, string streamId, string order) =>
        (await client.GetFromJsonAsync(Address(streamId, order), ContractsJson.Default.CommentPage))!;

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
