using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>Whatever happens to the persister: each entry is in Postgres once, and the offset says exactly which are.</summary>
public sealed class PersisterTests
{
    // Who has the persister's advisory lock; Postgres shows its number in halves.
    private const string Owners = "select pid from pg_locks where locktype = 'advisory' and granted and classid = x'4C435045'::int::oid";

    [Fact]
    public async Task Killed_in_the_middle_of_a_batch_it_leaves_nothing_of_it_and_writes_it_once_when_it_is_back()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = await PostAsync(ada, stream.Id, 0, 20);
        await using var database = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
        await StoredAsync(path, stream.Id, posted);

        // The rows of a batch are copied first; then it counts them on the stream, and there it has to wait for us.
        await using (var blocker = await database.OpenConnectionAsync())
        {
            await using var transaction = await blocker.BeginTransactionAsync();
            await ExecuteAsync(blocker, "lock table streams in share mode");
            posted.AddRange(await PostAsync(ada, stream.Id, 20, 20));
            await Eventually.UntilAsync("a batch hangs in the middle of its transaction", async () => await ScalarAsync<bool>(
                database, "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and state = 'active' and query like '%comment_count%')"));
            await path.Apis[0].KillAsync();
        }

        await Eventually.UntilAsync("Postgres has ended the dead process's transaction", async () => await ScalarAsync<long>(
            database, "select count(*) from pg_stat_activity where state = 'active' and query like '%comment_count%' and pid <> pg_backend_pid()") == 0);
        Assert.Equal(20, await ScalarAsync<long>(database, $"select count(*) from comments where stream_id = '{stream.Id}'"));
        await AssertInStepAsync(database);

        await path.Apis[0].StartAsync();
        await StoredAsync(path, stream.Id, posted);
        await AssertInStepAsync(database);
        Assert.Equal(posted.Count, await ScalarAsync<long>(database, $"select comment_count from streams where id = '{stream.Id}'"));
    }

    [Fact]
    public async Task Of_two_one_alone_writes_until_it_dies_and_then_the_other_does()
    {
        await using var path = await WritePath.StartAsync(apis: 2);
        await using var database = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
        // Every batch writes the offset: by whom, a trigger notes.
        await Eventually.UntilAsync("the schema is there", async () => await ScalarAsync<bool>(database, "select to_regclass('log_offsets') is not null"));
        await using (var connection = await database.OpenConnectionAsync())
        {
            await ExecuteAsync(connection,
                """
                create table writers (pid integer not null);
                create function note_writer() returns trigger language plpgsql as $$ begin insert into writers values (pg_backend_pid()); return null; end $$;
                create trigger writers after insert or update on log_offsets for each statement execute function note_writer()
                """);
        }

        using var first = await path.ClientOfAsync("ada", path.Apis[0]);
        using var second = await path.ClientOfAsync("ada", path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(first);
        var posted = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            posted.AddRange(await PostAsync(round % 2 == 0 ? first : second, stream.Id, posted.Count, 10));
            await StoredAsync(path, stream.Id, posted);
        }

        Assert.Equal(1, await ScalarAsync<long>(database, "select count(distinct pid) from writers"));

        Assert.Equal(1, await ScalarAsync<long>(database, $"select count(*) from ({Owners}) owners"));
        await path.Apis[0].KillAsync();
        posted.AddRange(await PostAsync(second, stream.Id, posted.Count, 10));
        await StoredAsync(path, stream.Id, posted);
        // Now it is the second's, whosever it was. The first comes back, stands by, and takes over.
        await path.Apis[0].StartAsync();
        var owner = await OwnerAsync(database);
        await path.Apis[1].KillAsync();
        await Eventually.UntilAsync("the standby takes over", async () => await OwnerAsync(database) is { } now && now != owner);
        posted.AddRange(await PostAsync(first, stream.Id, posted.Count, 10));
        await StoredAsync(path, stream.Id, posted);
        await AssertInStepAsync(database);
        Assert.Equal(posted.Count, await ScalarAsync<long>(database, $"select comment_count from streams where id = '{stream.Id}'"));
    }

    [Fact]
    public async Task After_an_outage_of_Postgres_it_writes_everything_and_meanwhile_the_newest_comments_are_read()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = await PostAsync(ada, stream.Id, 0, 10);
        await StoredAsync(path, stream.Id, posted);
        await path.Postgres.KillAsync();
        posted.AddRange(await PostAsync(ada, stream.Id, 10, 200));

        var page = await ada.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}/comments?limit=200", UriKind.Relative), ContractsJson.Default.CommentPage);
        Assert.Equal(posted.AsEnumerable().Reverse().Take(200), page!.Comments.Select(comment => comment.Id));
        using (var oldest = await ada.GetAsync(new Uri($"/api/streams/{stream.Id}/comments?order=oldest", UriKind.Relative)))
            await ProblemDocument.AssertAsync(oldest, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);

        await path.Postgres.StartAsync();
        await StoredAsync(path, stream.Id, posted);
        await using var database = NpgsqlDataSource.Create(path.Postgres.ConnectionString);
        await AssertInStepAsync(database);
    }

    private static async Task<List<string>> PostAsync(HttpClient client, string streamId, int first, int count)
    {
        var ids = new List<string>();
        for (var number = first; number < first + count; number++)
            ids.Add((await RunningSystem.PostAcceptedAsync(client, streamId, $"comment {number}")).Id);
        return ids;
    }

    private static async Task StoredAsync(WritePath path, string streamId, List<string> posted)
    {
        await Eventually.UntilAsync("Postgres has every comment", async () => (await path.StoredAsync(streamId)).Count >= posted.Count);
        Assert.Equal(posted, (await path.StoredAsync(streamId)).Select(comment => comment.Id));
    }

    /// <summary>In one snapshot: no row lies behind the offset, and none is twice.</summary>
    private static async Task AssertInStepAsync(NpgsqlDataSource database) => Assert.True(await ScalarAsync<bool>(
        database, "select (select sequence from log_offsets) >= max(log_sequence) and count(*) = count(distinct id) from comments"));

    private static async Task<int?> OwnerAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(Owners);
        return await command.ExecuteScalarAsync() as int?;
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
