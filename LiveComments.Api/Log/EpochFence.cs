using Npgsql;

namespace LiveComments.Api.Log;

/// <summary>The epoch to which a batch belongs has ended since the batch was read; none of it was written.</summary>
sealed class EpochEndedException(int epoch) : Exception($"Epoch {epoch} ended before its entries were written.");

/// <summary>
/// Keeps what was read from a log before it ended from getting into Postgres after the next epoch has begun. A log that lost its end no longer has these entries:
/// a retry finds them neither there nor in Postgres, and is stored anew; if they came after that, Postgres and the log would name two comments for one post.
/// </summary>
/// <remarks>
/// Who writes holds the lock with others from the look at <c>log_epochs</c> to the end of the transaction; who begins an epoch holds it alone. So a batch is either there
/// before the epoch takes over what Postgres has, or never.
/// </remarks>
static class EpochFence
{
    // The advisory lock of shard n is this plus n.
    private const long LockKeyBase = 0x4C43_4645_4E43_0000;

    /// <summary>From here on nothing of older epochs is written but what is left in their logs.</summary>
    public static async Task SetAsync(NpgsqlDataSource database, int shard, int epoch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A statement of its own: the insert must see what was committed while this waited, and what waits for it must see the insert.
        await using (var alone = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = LockKeyBase + shard } } })
            await alone.ExecuteNonQueryAsync(cancellationToken);
        await using (var insert = new NpgsqlCommand("insert into log_epochs (shard, epoch) values ($1, $2) on conflict do nothing", connection) { Parameters = { new() { Value = shard }, new() { Value = epoch } } })
            await insert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Comes before <see cref="NoneIsNewer"/> is asked for, in the same transaction.</summary>
    public static NpgsqlBatchCommand HoldCommand(int shard) => new("select pg_advisory_xact_lock_shared($1)") { Parameters = { new() { Value = LockKeyBase + shard } } };

    /// <summary>A condition; $1 is the shard, $2 the epoch of what is written.</summary>
    public const string NoneIsNewer = "not exists (select from log_epochs newer where newer.shard = $1 and newer.epoch > $2)";
}
