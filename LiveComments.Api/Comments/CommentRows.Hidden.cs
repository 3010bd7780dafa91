using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Comments;

static partial class CommentRows
{
    /// <summary>What moderators hid, those that were posted last first.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="before">Only what is older; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="except">What was deleted or brought back a moment ago.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<CommentPage> HiddenAsync(NpgsqlConnection connection, string streamId, Cursor? before, int limit, IReadOnlyCollection<long> except, CancellationToken cancellationToken)
    {
        var bound = before ?? new Cursor(int.MaxValue, long.MaxValue);
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} {OfStream}
                and is_hidden and deleted_at is null and (epoch, log_sequence) < ($2, $3) and comments.id <> all($5)
            order by epoch desc, log_sequence desc
            limit $4
            """, connection)
        {
            Parameters =
            {
                new() { Value = streamId }, new() { Value = bound.Epoch }, new() { Value = (long)Math.Min(bound.Sequence, long.MaxValue) }, new() { Value = limit }, new() { Value = except.ToArray() },
            },
        };
        var comments = new List<Comment>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            comments.Add(Read(reader, streamId));
        return new CommentPage(comments, comments.Count == limit ? comments[^1].Cursor : null);
    }
}
