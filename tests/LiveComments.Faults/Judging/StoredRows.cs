using LiveComments.Contracts;
using LiveComments.Faults.Oracle;
using Npgsql;

namespace LiveComments.Faults.Judging;

/// <summary>Reads Postgres itself.</summary>
static class StoredRows
{
    public static async Task<List<StoredComment>> ReadAsync(string postgres, IReadOnlyList<string> streams, string run)
    {
        var numbers = streams.Select((id, number) => (id, number)).ToDictionary(stream => stream.id, stream => stream.number);
        var rows = new List<StoredComment>();
        await using var connection = new NpgsqlConnection($"{postgres};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select epoch, log_sequence, id, stream_id, idempotency_key, content from comments where stream_id = any($1) order by epoch, log_sequence", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = streams.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var post = Journal.PostOfKey(run, await reader.IsDBNullAsync(4) ? null : reader.GetString(4));
            rows.Add(new StoredComment(
                new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)), reader.GetInt64(2), post, numbers[reader.GetString(3)],
                post is { } number && reader.GetString(5) == Journal.TextOf(run, number), IsCarried: false));
        }

        return rows;
    }

    /// <summary>How far Postgres has the log.</summary>
    public static async Task<Cursor> OffsetAsync(string postgres)
    {
        await using var connection = new NpgsqlConnection($"{postgres};Pooling=false;Timeout=2;Command Timeout=2");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select epoch, sequence from log_offsets", connection);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)) : default;
    }
}
