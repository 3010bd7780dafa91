using LiveComments.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Reactions;

/// <summary>Who reacted to a comment, page by page, those who did so last first.</summary>
static class Reactors
{
    /// <param name="database">Has what the log's end doesn't.</param>
    /// <param name="now">The comment's reactions.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="type">Only of this type; null for all.</param>
    /// <param name="before">Only what lies before it; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<List<Reactor>> PageAsync(
        NpgsqlDataSource database, CommentReactionsNow now, long commentId, string? type, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        // 1. What the log's end says last about each user and type: it holds, whatever Postgres has of them.
        var latest = now.Changes.GroupBy(change => (change.Reaction.UserId, change.Reaction.ReactionType)).Select(group => group.Last()).ToList();
        var found = latest
            .Where(change => change.Reaction.IsSet && (type is null || change.Reaction.ReactionType == type) && (before is null || change.Entry < before))
            .Select(change => (change.Entry, Reactor: Of(change.Reaction, change.Entry)))
            .ToList();
        // 2. The others. Some of them may be newer by now than the log's end was, so the order is made of all.
        if (now.Month is { } month)
            await AddRowsAsync(database, found, [.. latest.Select(change => change.Reaction)], month, commentId, type, before, limit, cancellationToken);
        found.Sort((one, other) => other.Entry.CompareTo(one.Entry));
        return found.ConvertAll(reactor => reactor.Reactor)[..Math.Min(limit, found.Count)];
    }

    private static async Task AddRowsAsync(
        NpgsqlDataSource database, List<(Cursor Entry, Reactor Reactor)> found, CommentReaction[] except, DateOnly month, long commentId, string? type, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        var bound = before ?? new Cursor(int.MaxValue, long.MaxValue);
        // A look-up for each type, so that one index serves a page of one type and of all.
        await using var command = database.CreateCommand(
            """
            select found.user_id, found.username, found.avatar_url, found.type, found.reacted_at, found.epoch, found.log_sequence, found.display_name
            from unnest($3) as wanted (type) cross join lateral (
                select * from comment_reactions
                where archive_month = $1 and comment_id = $2 and type = wanted.type and is_set and (epoch, log_sequence) < ($4, $5)
                    and not exists (select from unnest($6, $7) as known (user_id, type) where known.user_id = comment_reactions.user_id and known.type = comment_reactions.type)
                order by epoch desc, log_sequence desc limit $8
            ) found
            order by found.epoch desc, found.log_sequence desc limit $8
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = month });
        command.Parameters.Add(new NpgsqlParameter { Value = commentId });
        command.Parameters.Add(Texts(type is null ? [.. ReactionTypes.All] : [type]));
        command.Parameters.Add(new NpgsqlParameter { Value = bound.Epoch });
        command.Parameters.Add(new NpgsqlParameter { Value = (long)Math.Min(bound.Sequence, long.MaxValue) });
        command.Parameters.Add(Texts(Array.ConvertAll(except, change => change.UserId)));
        command.Parameters.Add(Texts(Array.ConvertAll(except, change => change.ReactionType)));
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var entry = new Cursor(reader.GetInt32(5), (ulong)reader.GetInt64(6));
            found.Add((entry, new Reactor(
                reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4).ToUnixTimeMilliseconds(), entry.ToString(), reader.IsDBNull(7) ? null : reader.GetString(7))));
        }
    }

    private static Reactor Of(CommentReaction reaction, Cursor entry) =>
        new(reaction.UserId, reaction.Username, reaction.AvatarUrl, reaction.ReactionType, reaction.ReactedAt, entry.ToString(), reaction.DisplayName);

    private static NpgsqlParameter Texts(string[] values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
