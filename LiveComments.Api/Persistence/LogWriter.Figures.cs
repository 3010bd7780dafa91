using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>What new comments mean for the figures of their streams: comments a minute, who ever commented, how much a comment was answered.</summary>
sealed partial class LogWriter
{
    // Users who commented on a stream, and are in the table: most comments come from somebody who did before, and cost
    // nothing then. Emptied when full; the table knows them all. Some 30 MB.
    private const int MaxKnownCommenters = 200_000;

    private readonly HashSet<(string StreamId, string UserId)> _commenters = [];

    /// <summary>Adds the commands; returns who is to be remembered when the transaction is through.</summary>
    /// <param name="batch">Takes the commands.</param>
    /// <param name="added">Comments that were put into the table; those that were there already are in the figures, too.</param>
    /// <param name="cancellationToken">Ends the reading of what isn't known yet.</param>
    private async Task<IReadOnlyCollection<(string StreamId, string UserId)>> AddFiguresAsync(NpgsqlBatch batch, IReadOnlyList<CommentRow> added, CancellationToken cancellationToken)
    {
        if (added.Count == 0)
            return [];
        batch.BatchCommands.Add(Minutes(added));
        var commenters = added.Select(row => (row.Comment.StreamId, row.Comment.UserId)).Where(commenter => !_commenters.Contains(commenter)).Distinct().ToArray();
        if (commenters.Length > 0)
            batch.BatchCommands.Add(Commenters(commenters));
        var replies = added.Where(row => row.Comment.ParentId is not null).CountBy(row => (row.Comment.StreamId, ParentId: row.Comment.ParentId!)).ToArray();
        if (replies.Length > 0)
            batch.BatchCommands.Add(await ScoresAsync(Array.ConvertAll(replies, reply => (reply.Key.StreamId, Number(reply.Key.ParentId), reply.Value)), cancellationToken));
        return commenters;
    }

    private void RememberCommenters(IReadOnlyCollection<(string StreamId, string UserId)> commenters)
    {
        if (_commenters.Count + commenters.Count > MaxKnownCommenters)
            _commenters.Clear();
        _commenters.UnionWith(commenters);
    }

    private static NpgsqlBatchCommand Commenters((string StreamId, string UserId)[] commenters) => new(
        """
        with added as (
            insert into stream_commenters (stream_id, user_id) select * from unnest($1, $2) on conflict do nothing returning stream_id
        )
        update streams set commenter_count = commenter_count + counted.added
        from (select stream_id, count(*) as added from added group by stream_id) counted
        where streams.id = counted.stream_id
        """)
    {
        Parameters = { Column(NpgsqlDbType.Text, commenters, commenter => commenter.StreamId), Column(NpgsqlDbType.Text, commenters, commenter => commenter.UserId) },
    };

    /// <summary>Moves comments up or down in the order "top".</summary>
    private async Task<NpgsqlBatchCommand> ScoresAsync((string StreamId, long CommentId, int Change)[] changes, CancellationToken cancellationToken)
    {
        var months = new DateOnly[changes.Length];
        for (var change = 0; change < changes.Length; change++)
            months[change] = await MonthOfAsync(changes[change].StreamId, cancellationToken);
        return new NpgsqlBatchCommand(
            """
            update comments set top_score = top_score + row.change
            from unnest($1, $2, $3) as row (archive_month, id, change)
            where comments.archive_month = row.archive_month and comments.id = row.id
            """)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Date, months),
                Column(NpgsqlDbType.Bigint, changes, change => change.CommentId),
                Column(NpgsqlDbType.Integer, changes, change => change.Change),
            },
        };
    }
}
