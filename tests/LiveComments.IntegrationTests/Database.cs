using Aspire.Hosting.Testing;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>What the running system has in Postgres.</summary>
static class Database
{
    public static async Task<NpgsqlDataSource> OpenAsync(RunningSystem system) =>
        NpgsqlDataSource.Create((await system.App.GetConnectionStringAsync("comments"))!);

    /// <summary>Returns once everything that is in the log now is in Postgres.</summary>
    public static async Task CatchesUpAsync(RunningSystem system)
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = (await system.App.GetConnectionStringAsync("nats"))! });
        var log = await new NatsJSContext(nats).GetStreamAsync(LogSubjects.StreamName(0, 1));
        await using var database = await OpenAsync(system);
        await using var offset = database.CreateCommand("select sequence >= $1 from log_offsets where shard = 0");
        offset.Parameters.Add(new NpgsqlParameter { Value = (long)log.Info.State.LastSeq });
        await Eventually.UntilAsync("Postgres has the whole log", async () => await offset.ExecuteScalarAsync() is true);
    }
}
