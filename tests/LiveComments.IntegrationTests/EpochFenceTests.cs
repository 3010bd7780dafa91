using LiveComments.Api.Log;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>What was read from a log before it ended gets into Postgres before the next epoch takes over what is there, or never.</summary>
public sealed class EpochFenceTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    [Fact]
    public async Task A_batch_that_was_read_before_is_not_written_after_and_what_is_left_of_the_log_is()
    {
        var stream = await parts.NewStreamAsync();
        var (_, first) = await parts.PostAsync(stream);
        await parts.PersistAsync(first);
        var (_, second) = await parts.PostAsync(stream);
        var batch = await parts.ReadAsync(second);
        await EpochFence.SetAsync(parts.Database, shard: 0, epoch: 2, CancellationToken.None);
        await EpochFence.SetAsync(parts.Database, shard: 0, epoch: 2, CancellationToken.None);

        await Assert.ThrowsAsync<EpochEndedException>(() => parts.Writer.WriteAsync(batch, CancellationToken.None));
        Assert.Equal((1L, (long)first), await WrittenAsync(stream));
        Assert.Equal(first, parts.Writer.Offset);

        await parts.OpenWriter(hasEnded: true).WriteAsync(batch, CancellationToken.None);
        Assert.Equal((2L, (long)second), await WrittenAsync(stream));
    }

    [Fact]
    public async Task Who_begins_an_epoch_waits_for_a_batch_that_is_about_to_be_written()
    {
        await using var writer = await parts.Database.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using (var batch = writer.CreateBatch())
        {
            batch.BatchCommands.Add(EpochFence.HoldCommand(shard: 7));
            await batch.ExecuteNonQueryAsync();
        }

        var fence = EpochFence.SetAsync(parts.Database, shard: 7, epoch: 2, CancellationToken.None);
        await using var waiting = parts.Database.CreateCommand("select count(*) from pg_locks where locktype = 'advisory' and not granted");
        await Eventually.UntilAsync("the fence waits", async () => (long)(await waiting.ExecuteScalarAsync())! == 1);
        Assert.False(fence.IsCompleted);
        await transaction.CommitAsync();
        await Eventually.WithinAsync("the fence", fence);
    }

    private async Task<(long Comments, long Offset)> WrittenAsync(string streamId)
    {
        await using var command = parts.Database.CreateCommand($"select (select count(*) from comments where stream_id = '{streamId}'), (select sequence from log_offsets where shard = 0)");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
