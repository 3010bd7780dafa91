using System.Threading.Channels;
using LiveComments.Api.Persistence;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>The persister's session, which holds its lock.</summary>
public sealed class OwnerSessionTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    // More than a sign of life is apart.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private readonly ManualTimeProvider _clock = new();
    private readonly Channel<int> _items = Channel.CreateUnbounded<int>();

    [Theory]
    [InlineData("idle_session_timeout")]
    [InlineData("idle_in_transaction_session_timeout")]
    public async Task Postgres_ends_the_session_of_an_owner_it_hears_nothing_of_and_nobody_elses(string setting)
    {
        await using (var connection = await parts.Database.OpenConnectionAsync())
        {
            await OwnerSession.LimitSilenceAsync(connection, CancellationToken.None);
            Assert.Equal("15s", await AskAsync(connection, $"show {setting}"));
        }

        await using var next = await parts.Database.OpenConnectionAsync();
        Assert.Equal("0", await AskAsync(next, $"show {setting}"));
    }

    [Fact]
    public async Task An_owner_that_has_nothing_to_write_gives_signs_of_life_and_gets_what_comes()
    {
        await using var connection = await parts.Database.OpenConnectionAsync();
        await using var items = Items(connection);
        var next = items.MoveNextAsync().AsTask();
        await Eventually.UntilAsync("Postgres hears of it", async () =>
        {
            _clock.Advance(Silence);
            return await QueryOfAsync(connection.ProcessID) == "select 1";
        });
        _items.Writer.TryWrite(7);
        Assert.True(await Eventually.WithinAsync("what came", next));
        Assert.Equal(7, items.Current);
    }

    [Fact]
    public async Task An_owner_whose_session_has_ended_finds_out_though_nothing_comes()
    {
        await using var connection = await parts.Database.OpenConnectionAsync();
        await using var items = Items(connection);
        var next = items.MoveNextAsync().AsTask();
        await using (var other = await parts.Database.OpenConnectionAsync())
            await AskAsync(other, $"select pg_terminate_backend({connection.ProcessID})::text");
        await Eventually.UntilAsync("it finds out", () =>
        {
            _clock.Advance(Silence);
            return next.IsCompleted;
        });
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => next);
    }

    private IAsyncEnumerator<int> Items(NpgsqlConnection connection) =>
        _items.Reader.ReadAllAsync().KeepingAliveAsync(connection, _clock, CancellationToken.None).GetAsyncEnumerator();

    private async Task<string?> QueryOfAsync(int processId)
    {
        await using var other = await parts.Database.OpenConnectionAsync();
        return await AskAsync(other, $"select query from pg_stat_activity where pid = {processId}");
    }

    private static async Task<string?> AskAsync(NpgsqlConnection connection, string query)
    {
        await using var command = new NpgsqlCommand(query, connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
