using LiveComments.Api.Persistence;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>An owner of whom Postgres hears nothing is one no more, whatever it was doing.</summary>
public sealed class SilentOwnerTests : IAsyncLifetime
{
    // With both halves of a long that Postgres keeps apart.
    private const long LockKey = 0x4C43_5045_5253_0003;

    private readonly PostgresServer _postgres = new();
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        await _postgres.StartAsync();
        _database = NpgsqlDataSource.Create(_postgres.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task One_that_was_cut_off_amid_a_copy_loses_its_lock_and_writes_nothing()
    {
        await using var standby = await Eventually.GetAsync<NpgsqlConnection>("Postgres lets us in", async () => await _database.OpenConnectionAsync());
        await ExecuteAsync(standby, "create table written (number int)");
        await using var owner = await OwnAsync();
        await OwnerSession.LimitSilenceAsync(owner, CancellationToken.None);
        await using var transaction = await owner.BeginTransactionAsync();
        var copy = await owner.BeginBinaryImportAsync("copy written from stdin (format binary)");
        await copy.WriteRowAsync(CancellationToken.None, 1);

        Assert.False(await IsFreeAsync(standby));
        // Not yet: it may go on.
        Assert.False(await OwnerSession.EndSilentAsync(standby, LockKey, TimeSpan.FromHours(1), CancellationToken.None));
        await Eventually.UntilAsync("it has been silent for long enough", () => OwnerSession.EndSilentAsync(standby, LockKey, TimeSpan.FromMilliseconds(100), CancellationToken.None));
        await Eventually.UntilAsync("the lock is free", () => IsFreeAsync(standby));
        await Assert.ThrowsAnyAsync<Exception>(async () => await copy.CompleteAsync());
        await Assert.ThrowsAnyAsync<Exception>(async () => await transaction.CommitAsync());
        await using var count = new NpgsqlCommand("select count(*) from written", standby);
        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task One_that_has_nothing_to_write_or_waits_for_postgres_is_left_alone()
    {
        await using var standby = await Eventually.GetAsync<NpgsqlConnection>("Postgres lets us in", async () => await _database.OpenConnectionAsync());
        await using var owner = await OwnAsync();
        Assert.False(await OwnerSession.EndSilentAsync(standby, LockKey, TimeSpan.Zero, CancellationToken.None));

        await ExecuteAsync(standby, "select pg_advisory_lock(1)");
        var waits = ExecuteAsync(owner, "select pg_advisory_lock(1)");
        await using var waiting = _database.CreateCommand("select count(*) from pg_locks where not granted");
        await Eventually.UntilAsync("it waits", async () => (long)(await waiting.ExecuteScalarAsync())! == 1);
        Assert.False(await OwnerSession.EndSilentAsync(standby, LockKey, TimeSpan.Zero, CancellationToken.None));
        await ExecuteAsync(standby, "select pg_advisory_unlock(1)");
        await Eventually.WithinAsync("its statement", waits);
        Assert.False(await IsFreeAsync(standby));
    }

    private async Task<NpgsqlConnection> OwnAsync()
    {
        var owner = await _database.OpenConnectionAsync();
        await ExecuteAsync(owner, $"select pg_advisory_lock({LockKey})");
        return owner;
    }

    private static async Task<bool> IsFreeAsync(NpgsqlConnection standby)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", standby);
        return await command.ExecuteScalarAsync() is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
