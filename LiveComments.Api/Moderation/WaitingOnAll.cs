using System.Collections.Concurrent;
using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Moderation;

/// <summary>Reads what waits on all streams, for admins: from Postgres, without what the log says was decided or taken away since.</summary>
sealed class WaitingOnAll(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, LatelyRemoved removed)
{
    // Of a page's streams, each of which is a question or two to the log: a page of 100 comments takes some milliseconds.
    private const int Parallelism = 8;

    /// <param name="read">The page. It may have comments in it that wait no more.</param>
    /// <param name="commentOf">The comment of one of its rows, and whether it was published.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The rows that still wait, and the place of the last one that was read.</returns>
    public async Task<(List<T> Waiting, Cursor? Last)> ReadAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<(List<T> Waiting, Cursor? Last)>> read, Func<T, (Comment Comment, bool IsPublished)> commentOf, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        // In this order: what is written between the two is then found twice, and never missed.
        var (written, found) = await reads.ReadAsync(
            async token =>
            {
                await using var connection = await database.OpenConnectionAsync(token);
                return (await CommentRows.WrittenAsync(connection, log.Shard, token), await read(connection, token));
            },
            cancellationToken);
        var gone = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            found.Waiting.Select(commentOf).GroupBy(one => one.Comment.StreamId, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (stream, token) =>
            {
                foreach (var id in (await ReviewTail.DecidedAsync(log, stream.Key, written, token)).Keys)
                    gone[id] = true;
                if (!stream.Any(one => one.IsPublished))
                    return;
                foreach (var id in await removed.ReadAsync(log, written, stream.Key, token))
                    gone[CommentId.ToText(id)] = true;
            });
        return (gone.IsEmpty ? found.Waiting : found.Waiting.FindAll(one => !gone.ContainsKey(commentOf(one).Comment.Id)), found.Last);
    }
}
