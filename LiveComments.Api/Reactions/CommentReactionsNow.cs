using LiveComments.Api.Comments;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Reactions;

/// <summary>Whether a user's reaction of one type is there, and which entry of the log said so last.</summary>
/// <param name="IsSet">Whether it is there.</param>
/// <param name="Entry">The entry; null when there never was one.</param>
/// <param name="Key">The idempotency key that led to it.</param>
readonly record struct OwnReaction(bool IsSet, Cursor? Entry, string? Key);

/// <summary>A comment's reactions: what Postgres has, with what lies behind that in the log.</summary>
/// <param name="Counts">By type.</param>
/// <param name="Own">The asking user's, by type.</param>
/// <param name="Comment">Where the comment lies in the log.</param>
/// <param name="Month">Where Postgres has them; null while only the log has the comment.</param>
/// <param name="Changes">Those of the log's end, in order.</param>
sealed record CommentReactionsNow(int[] Counts, OwnReaction[] Own, Cursor Comment, DateOnly? Month, IReadOnlyList<(Cursor Entry, CommentReaction Reaction)> Changes)
{
    public IReadOnlyList<string> Mine => [.. ReactionTypes.All.Where((_, type) => Own[type].IsSet)];

    /// <summary>Null when the stream has no such comment.</summary>
    public static async Task<CommentReactionsNow?> ReadAsync(NpgsqlDataSource database, DatabaseReads reads, LogHandle log, string streamId, long commentId, string? userId, CancellationToken cancellationToken)
    {
        // 1. Postgres: the comment, its counts, the user's own, and up to which entry all of that is, in one snapshot.
        var (written, row) = await reads.ReadAsync(token => ReadRowAsync(database, log, streamId, commentId, userId, token), cancellationToken);
        // 2. What lies behind that entry.
        var tail = await LogTail.AboutAsync(log, streamId, written, commentId, cancellationToken) ?? throw new TimeoutException("Postgres is far behind the log.");
        var text = CommentId.ToText(commentId);
        if (tail.Find(text) is { } comment)
        {
            // It was hidden and came back, or Postgres has not got it yet.
            row = row is null ? new Row(IsDeleted: false, LogTail.PlaceOf(comment), Month: null, new int[Reactions.Counts.Types], new OwnReaction[Reactions.Counts.Types])
                : row with { IsHidden = false, Place = LogTail.PlaceOf(comment) };
        }

        if (row is null or { IsDeleted: true } or { IsHidden: true } || tail.Removed.Covers(commentId, row.Place))
            return null;
        // 3. The one applied to the other.
        var changes = new List<(Cursor, CommentReaction)>();
        foreach (var (entry, key, reaction) in tail.CommentReactionsBehind(written))
        {
            if (reaction.CommentId != text || ReactionTypes.IndexOf(reaction.ReactionType) is not (>= 0 and var type))
                continue;
            row.Counts[type] += reaction.IsSet ? 1 : -1;
            if (reaction.UserId == userId)
                row.Own[type] = new OwnReaction(reaction.IsSet, entry, key);
            changes.Add((entry, reaction));
        }

        return new CommentReactionsNow(row.Counts, row.Own, row.Place, row.Month, changes);
    }

    private static async Task<(Cursor? Written, Row? Row)> ReadRowAsync(
        NpgsqlDataSource database, LogHandle log, string streamId, long commentId, string? userId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            select {CommentRows.WrittenColumns(1)},
                comments.archive_month, comments.deleted_at is not null, comments.reaction_counts, own.types, own.set, own.epochs, own.sequences, own.keys, comments.epoch, comments.log_sequence, comments.is_hidden
            from (values (true)) as always
            left join comments on comments.archive_month = (select archive_month from streams where id = $2)
                and comments.id = $3 and comments.stream_id = $2 and {CommentRows.Approved}
            left join lateral (
                select array_agg(type) as types, array_agg(is_set) as set, array_agg(epoch) as epochs, array_agg(log_sequence) as sequences, array_agg(idempotency_key) as keys
                from comment_reactions where archive_month = comments.archive_month and comment_id = comments.id and user_id = $4
            ) own on true
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = log.Shard });
        command.Parameters.Add(new NpgsqlParameter { Value = streamId });
        command.Parameters.Add(new NpgsqlParameter { Value = commentId });
        command.Parameters.Add(new NpgsqlParameter { Value = userId ?? "" });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var written = CommentRows.WrittenIn(reader, 0);
        if (reader.IsDBNull(2))
            return (written, null);
        var own = new OwnReaction[Reactions.Counts.Types];
        if (!reader.IsDBNull(5))
        {
            var (types, set, epochs, sequences, keys) = (
                reader.GetFieldValue<string[]>(5), reader.GetFieldValue<bool[]>(6), reader.GetFieldValue<int[]>(7), reader.GetFieldValue<long[]>(8), reader.GetFieldValue<string?[]>(9));
            for (var index = 0; index < types.Length; index++)
                own[ReactionTypes.IndexOf(types[index])] = new OwnReaction(set[index], new Cursor(epochs[index], (ulong)sequences[index]), keys[index]);
        }

        return (written, new Row(
            reader.GetBoolean(3), new Cursor(reader.GetInt32(10), (ulong)reader.GetInt64(11)), reader.GetFieldValue<DateOnly>(2),
            Reactions.Counts.Stored(reader.IsDBNull(4) ? null : reader.GetFieldValue<int[]>(4)), own)
        { IsHidden = reader.GetBoolean(12) });
    }

    private sealed record Row(bool IsDeleted, Cursor Place, DateOnly? Month, int[] Counts, OwnReaction[] Own)
    {
        public bool IsHidden { get; init; }
    }
}
