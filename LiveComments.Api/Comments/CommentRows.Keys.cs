using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>What idempotency keys led to, many at once.</summary>
static partial class CommentRows
{
    /// <summary>What a key led to, and by which request.</summary>
    public sealed record OfKey(Comment Comment, string? RequestHash);

    /// <summary>What each key led to, deleted and hidden comments too; and up to where Postgres had the log before that was asked.</summary>
    public static async Task<(OfKey?[] Found, Cursor? Written)> FindByKeysAsync(NpgsqlDataSource database, int shard, List<KeyUse> keys, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select epoch, sequence from log_offsets where shard = $1") { Parameters = { new() { Value = shard } } });
        // One look into the index of the stream's month for each key: "lateral" and "limit" leave the planner no other way.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            select {Columns}, request_hash, asked_stream, place
            from unnest($1, $2, $3) with ordinality as asked (asked_stream, asked_user, asked_key, place)
            join streams on streams.id = asked_stream
            cross join lateral (
                select * from comments as one
                where one.archive_month = streams.archive_month and one.stream_id = asked_stream and one.user_id = asked_user
                    and one.idempotency_key = asked_key and one.idempotency_key is not null
                limit 1
            ) comments
            """)
        {
            Parameters =
            {
                new() { Value = keys.ConvertAll(key => key.StreamId).ToArray() },
                new() { Value = keys.ConvertAll(key => key.UserId).ToArray() },
                new() { Value = keys.ConvertAll(key => key.Key).ToArray() },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        Cursor? written = await reader.ReadAsync(cancellationToken) ? new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)) : null;
        await reader.NextResultAsync(cancellationToken);
        var found = new OfKey?[keys.Count];
        var (hash, stream, place) = (reader.FieldCount - 3, reader.FieldCount - 2, reader.FieldCount - 1);
        while (await reader.ReadAsync(cancellationToken))
            found[reader.GetInt64(place) - 1] = new OfKey(Read(reader, reader.GetString(stream)), reader.IsDBNull(hash) ? null : reader.GetString(hash));
        return (found, written);
    }
}
