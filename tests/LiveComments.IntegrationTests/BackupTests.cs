using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>The procedure of docs/operations/backup.md: whatever Postgres is put back, the log brings it up to date, once.</summary>
public sealed class BackupTests
{
    private const int BeforeTheBackup = 8;
    private const int AfterTheBackup = 7;

    [Fact]
    public async Task Postgres_from_a_backup_or_with_nothing_in_it_has_the_same_history_again_and_nothing_twice()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = new List<Comment>();
        for (var comment = 0; comment < BeforeTheBackup; comment++)
            posted.Add(await PostAsync(ada, stream.Id, comment));
        await StoredAsync(path.Postgres, "postgres", stream.Id, posted.Count);
        var dump = await path.Postgres.DumpAsync();
        try
        {
            // What the backup does not have: new comments, a like and a removal of older ones.
            for (var comment = BeforeTheBackup; comment < BeforeTheBackup + AfterTheBackup; comment++)
                posted.Add(await PostAsync(ada, stream.Id, comment));
            using var removed = await ada.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{posted[2].Id}", UriKind.Relative));
            removed.EnsureSuccessStatusCode();
            using var liked = await ada.PutAsync(new Uri($"/api/streams/{stream.Id}/comments/{posted[1].Id}/reactions/like", UriKind.Relative), null);
            liked.EnsureSuccessStatusCode();
            var expected = await HistoryAsync(ada, stream.Id, posted.Count - 1, likes: 1);

            foreach (var (database, from) in new[] { ("restored", dump), ("rebuilt", (string?)null) })
            {
                // Step by step as the page says: Api stops, the database is put back, Api starts. Redis forgets, as it would in a disaster.
                await path.Apis[0].KillAsync();
                await path.Postgres.CreateDatabaseAsync(database, from);
                await path.Redis.KillAsync();
                await path.Redis.StartAsync();
                path.Apis[0].Set("ConnectionStrings__comments", path.Postgres.ConnectionStringOf(database));
                await path.Apis[0].StartAsync();

                await StoredAsync(path.Postgres, database, stream.Id, posted.Count);
                Assert.Equal(expected, await HistoryAsync(ada, stream.Id, posted.Count - 1, likes: 1));
                // A key from before the backup and one from after it still lead to their comments.
                foreach (var known in new[] { 0, posted.Count - 1 })
                    Assert.Equal(posted[known].Id, (await PostAsync(ada, stream.Id, known)).Id);
                // The log was never in doubt.
                Assert.Equal("1", posted[^1].Cursor!.Split('-')[0]);
                await StoredAsync(path.Postgres, database, stream.Id, posted.Count);
            }
        }
        finally
        {
            File.Delete(dump);
        }
    }

    private static Task<Comment> PostAsync(HttpClient client, string streamId, int number) => RunningSystem.PostAcceptedAsync(client, streamId, $"comment {number}", $"key-{number}");

    /// <summary>What Postgres itself says, since the newest pages would come from the log in any case.</summary>
    private static Task StoredAsync(PostgresServer postgres, string database, string streamId, int rows) =>
        Eventually.UntilAsync($"{database} has {rows} comments, no more and no less", async () =>
        {
            await using var source = Npgsql.NpgsqlDataSource.Create(postgres.ConnectionStringOf(database));
            await using var command = source.CreateCommand("select count(*) = $2 and count(distinct id) = $2 and count(distinct (epoch, log_sequence)) = $2 from comments where stream_id = $1");
            command.Parameters.Add(new() { Value = streamId });
            command.Parameters.Add(new() { Value = (long)rows });
            return await command.ExecuteScalarAsync() is true;
        });

    private static async Task<List<string>> HistoryAsync(HttpClient client, string streamId, int visible, int likes)
    {
        List<string> history = [];
        await Eventually.UntilAsync("history is whole", async () =>
        {
            var page = (await client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/comments?order=oldest&limit=100", UriKind.Relative), ContractsJson.Default.CommentPage))!;
            history = [.. page.Comments.Select(comment => $"{comment.Cursor} {comment.Id} {comment.Content} {comment.ReactionCounts.Values.Sum()}")];
            return history.Count == visible && history.Count(comment => comment.EndsWith(" 1", StringComparison.Ordinal)) >= likes;
        });
        return history;
    }
}
