using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>Which comments were taken away (or brought back) so lately that rows of Postgres don't tell: for who lists comments from tables of its own.</summary>
sealed class LatelyRemoved(CurrentLog currentLog, UnwrittenDeletions deletions)
{
    /// <param name="connection">Asked before the rows are: what is written meanwhile is then found twice, and never missed.</param>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyCollection<long>> ReadAsync(NpgsqlConnection connection, string streamId, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        return await ReadAsync(log, await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken), streamId, cancellationToken);
    }

    /// <param name="log">The current one.</param>
    /// <param name="written">Up to where Postgres had it before the rows were asked for.</param>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyCollection<long>> ReadAsync(LogHandle log, Cursor? written, string streamId, CancellationToken cancellationToken)
    {
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        var removed = tail.Gaps.Count == 0 ? new RemovedComments() : await deletions.ReadAsync(streamId, tail.Gaps, cancellationToken);
        removed.UnionWith(tail.Removed);
        return removed.Ids;
    }
}
