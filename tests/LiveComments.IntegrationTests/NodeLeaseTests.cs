using LiveComments.Api.Ids;
using LiveComments.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>Node ids leased from a real Redis, each lease over a connection of its own as processes have it.</summary>
public sealed class NodeLeaseTests : IAsyncLifetime
{
    private readonly RedisServer _server = new();
    private readonly List<IConnectionMultiplexer> _connections = [];

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Processes_have_ids_of_their_own_and_give_them_back()
    {
        var leases = new List<(NodeLease Lease, Snowflake Ids)>();
        for (var process = 0; process < 5; process++)
            leases.Add(await StartAsync(TimeProvider.System));
        Assert.All(leases, one => Assert.True(one.Lease.IsLeased));
        Assert.Equal(5, leases.Select(one => one.Ids.Node).Distinct().Count());
        foreach (var (lease, ids) in leases)
        {
            await lease.StopAsync(CancellationToken.None);
            Assert.False(await _connections[0].GetDatabase().KeyExistsAsync(NodeLease.KeyOf(ids.Node)));
        }
    }

    [Fact]
    public async Task The_id_of_a_killed_process_is_free_by_the_end_of_its_lease()
    {
        var (lease, ids) = await StartAsync(TimeProvider.System);
        // Ends without a chance to give it back.
        lease.Dispose();
        var left = await _connections[0].GetDatabase().KeyTimeToLiveAsync(NodeLease.KeyOf(ids.Node));
        Assert.NotNull(left);
        Assert.InRange(left.Value, TimeSpan.Zero, NodeLease.Duration);
    }

    [Fact]
    public async Task An_id_that_became_somebody_elses_is_left_to_them()
    {
        var clock = new ManualTimeProvider();
        var (lease, ids) = await StartAsync(clock);
        var (lost, database) = (ids.Node, _connections[0].GetDatabase());
        await database.StringSetAsync(NodeLease.KeyOf(lost), "another process");
        await Eventually.UntilAsync("another id is leased", () => Passing(clock, () => lease.IsLeased && ids.Node != lost));
        Assert.Equal("another process", await database.StringGetAsync(NodeLease.KeyOf(lost)));
        await lease.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task When_Redis_is_away_the_id_is_let_go_before_its_lease_ends_and_one_is_leased_again_when_it_is_back()
    {
        var clock = new ManualTimeProvider();
        var (lease, _) = await StartAsync(clock);
        var leased = clock.GetUtcNow();
        await _server.KillAsync();
        await Eventually.UntilAsync("the id is let go", () => Passing(clock, () => !lease.IsLeased));
        Assert.InRange(clock.GetUtcNow() - leased, TimeSpan.Zero, NodeLease.Duration);
        await _server.StartAsync();
        await Eventually.UntilAsync("an id is leased again", () => Passing(clock, () => lease.IsLeased));
        await lease.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_process_that_starts_without_Redis_makes_ids_at_once_and_leases_a_node_later()
    {
        await _server.StopAsync();
        var clock = new ManualTimeProvider();
        var starting = StartAsync(clock);
        await Eventually.UntilAsync("it starts", () => Passing(clock, () => starting.IsCompleted));
        var (lease, ids) = await starting;
        Assert.False(lease.IsLeased);
        Assert.NotEqual(ids.NextNumber(), ids.NextNumber());
        await _server.StartAsync();
        await Eventually.UntilAsync("a node is leased", () => Passing(clock, () => lease.IsLeased));
        await lease.StopAsync(CancellationToken.None);
    }

    private static bool Passing(ManualTimeProvider clock, Func<bool> condition)
    {
        if (condition())
            return true;
        clock.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    }

    private async Task<(NodeLease Lease, Snowflake Ids)> StartAsync(TimeProvider clock)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"{_server.ConnectionString},abortConnect=false,connectTimeout=500,asyncTimeout=500");
        _connections.Add(connection);
        var ids = new Snowflake(0, clock);
        var lease = new NodeLease(ids, connection, clock, NullLogger<NodeLease>.Instance);
        await lease.StartAsync(CancellationToken.None);
        return (lease, ids);
    }
}
