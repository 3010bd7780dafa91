using System.Text.Json;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>What idempotency keys led to, many at once.</summary>
static partial class CommentRows
{
    /// <summary>What a key led to, and by which request.</summary>
    public sealed record OfKey(Comment Comment, string? RequestHash);

    /// <summary>What each key led to, deleted, hidden and held comments too; and up to where Postgres had the log before that was asked.</summary>
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
            Parameters = { Streams(), Users(), Keys() },
        });
        // What was held or dropped is no comment of the stream, unless it was approved since: then it is found above.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            select comment, status, headers ->> '{LogHeaders.RequestHash}', epoch, log_sequence, place
            from unnest($1, $2, $3) with ordinality as asked (asked_stream, asked_user, asked_key, place)
            cross join lateral (
                select * from held_comments as one
                where one.stream_id = asked_stream and one.user_id = asked_user
                    and one.headers ? '{LogHeaders.IdempotencyKey}' and one.headers ->> '{LogHeaders.IdempotencyKey}' = asked_key
                order by one.epoch, one.log_sequence limit 1
            ) held
            """)
        {
            Parameters = { Streams(), Users(), Keys() },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        Cursor? written = await reader.ReadAsync(cancellationToken) ? new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)) : null;
        await reader.NextResultAsync(cancellationToken);
        var found = new OfKey?[keys.Count];
        var (hash, stream, place) = (reader.FieldCount - 3, reader.FieldCount - 2, reader.FieldCount - 1);
        while (await reader.ReadAsync(cancellationToken))
            found[reader.GetInt64(place) - 1] = new OfKey(Read(reader, reader.GetString(stream)), reader.IsDBNull(hash) ? null : reader.GetString(hash));
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found[reader.GetInt64(5) - 1] ??= new OfKey(HeldIn(reader), reader.IsDBNull(2) ? null : reader.GetString(2));
        return (found, written);

        NpgsqlParameter Streams() => new() { Value = keys.ConvertAll(key => key.StreamId).ToArray() };
        NpgsqlParameter Users() => new() { Value = keys.ConvertAll(key => key.UserId).ToArray() };
        NpgsqlParameter Keys() => new() { Value = keys.ConvertAll(key => key.Key).ToArray() };
    }

    // As its author heard of it then: what was refused since, too, and nothing of what was dropped.
    private static Comment HeldIn(NpgsqlDataReader row)
    {
        var comment = JsonSerializer.Deserialize(row.GetString(0), ContractsJson.Default.Comment) ?? throw new InvalidDataException("Postgres has a held comment with nothing in it.");
        return comment with { Cursor = new Cursor(row.GetInt32(3), (ulong)row.GetInt64(4)).ToString(), Status = row.GetString(1) == HeldHeaders.Dropped ? null : HeldStatus.Held };
    }
}
