using LiveComments.Api.Comments;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Reactions;

/// <summary>All reactions that a stream ever got: those that Postgres has, and those that lie behind them in the log.</summary>
sealed class StreamReactionTotals(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog)
{
    public Task<ReactionTotals> ReadAsync(string streamId, CancellationToken cancellationToken) =>
        reads.ReadAsync(token => ReadStoredAsync(streamId, token), cancellationToken);

    private async Task<ReactionTotals> ReadStoredAsync(string streamId, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        await using var command = database.CreateCommand(
            $"""
            select {CommentRows.WrittenColumns(1)}, streams.reaction_counts
            from (values (true)) as always left join streams on streams.id = $2
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = log.Shard });
        command.Parameters.Add(new NpgsqlParameter { Value = streamId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var written = CommentRows.WrittenIn(reader, 0);
        var counts = Counts.Stored(reader.IsDBNull(2) ? null : reader.GetFieldValue<long[]>(2));
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        foreach (var batch in tail.StreamReactionsBehind(written))
            counts = [.. counts.Zip(Counts.ByType(batch.Counts), (total, more) => total + more)];
        return new ReactionTotals(streamId, Counts.Named(counts), counts.Sum());
    }
}
