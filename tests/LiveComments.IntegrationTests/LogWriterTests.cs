using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>What a batch leaves in Postgres.</summary>
public sealed class LogWriterTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    [Fact]
    public Task What_is_there_already_by_id_or_key_is_left_out_and_nothing_else_is() => Seed.ForEachAsync(5, async random =>
    {
        var stream = await parts.NewStreamAsync();
        var expected = new List<string>();
        var keys = new List<string>();
        var last = 0ul;
        for (var entry = 0; entry < 60; entry++)
        {
            switch (random.Next(8))
            {
                case 0 when keys.Count > 0:
                    // A retry that everybody but Postgres has forgotten.
                    (_, last) = await parts.PostAsync(stream, key: keys[random.Next(keys.Count)]);
                    break;
                case 1 when expected.Count > 0:
                    (_, last) = await parts.PostAsync(stream, id: expected[random.Next(expected.Count)]);
                    break;
                default:
                    var key = random.Next(3) == 0 ? null : $"{stream}-{entry}";
                    var (comment, sequence) = await parts.PostAsync(stream, key: key);
                    if (key is not null)
                        keys.Add(key);
                    expected.Add(comment.Id);
                    last = sequence;
                    break;
            }
        }

        await parts.PersistAsync(last, random.Next(1, 80));
        Assert.Equal(last, parts.Writer.Offset);
        await using var stored = parts.Database.CreateCommand($"select id::text from comments where stream_id = '{stream}' order by log_sequence");
        var rows = new List<string>();
        await using (var reader = await stored.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                rows.Add(reader.GetString(0));
        }

        Assert.Equal(expected, rows);
        await using var count = parts.Database.CreateCommand($"select comment_count from streams where id = '{stream}'");
        Assert.Equal((long)expected.Count, await count.ExecuteScalarAsync());
        await using var minutes = parts.Database.CreateCommand($"select sum(comments), max(cardinality(commenters)) from stream_minutes where stream_id = '{stream}'");
        await using (var row = await minutes.ExecuteReaderAsync())
        {
            await row.ReadAsync();
            Assert.Equal(((long)expected.Count, 1), (row.GetInt64(0), row.GetInt32(1)));
        }

        await using var offset = parts.Database.CreateCommand("select sequence from log_offsets");
        Assert.Equal((long)last, await offset.ExecuteScalarAsync());
    });

    [Fact]
    public async Task A_user_has_the_name_of_the_newest_comment()
    {
        var stream = await parts.NewStreamAsync();
        foreach (var name in new[] { "ada", "ada-lovelace" })
        {
            // Twice: what is known already is not written, what is new is.
            await parts.PersistAsync((await parts.PostAsync(stream, username: name)).Sequence);
            await parts.PersistAsync((await parts.PostAsync(stream, username: name)).Sequence);
            await using var users = parts.Database.CreateCommand("select username from users where id = 'ada'");
            Assert.Equal(name, await users.ExecuteScalarAsync());
        }
    }
}
