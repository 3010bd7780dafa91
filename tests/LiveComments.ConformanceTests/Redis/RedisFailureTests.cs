using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.ConformanceTests.Redis;

/// <summary>The client when its server dies, hangs or comes late.</summary>
public sealed class RedisFailureTests : IAsyncLifetime
{
    private readonly RedisServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_killed_server_fails_what_is_under_way_and_a_restarted_one_is_found_again()
    {
        await using var connection = await RedisFixture.ConnectAsync(_server, options =>
        {
            options.AbortOnConnectFail = false;
            options.ReconnectRetryPolicy = new LinearRetry(100);
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
            options.BacklogPolicy = BacklogPolicy.FailFast;
            // A command that is caught between two connections fails by this, and must do so within the test's patience.
            options.AsyncTimeout = 5_000;
        });
        var db = connection.GetDatabase();
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal("still"), (_, value) => heard.Enqueue(value));
        Assert.True(await db.StringSetAsync("kept", "before"));

        using var stop = new CancellationTokenSource();
        int failed = 0, answered = 0;
        var load = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Assert.Equal("x", (string?)await db.ExecuteAsync("ECHO", "x"));
                    Interlocked.Increment(ref answered);
                }
                catch (Exception exception) when (exception is RedisConnectionException or RedisTimeoutException or RedisServerException or IOException)
                {
                    // An IOException is how a command ends whose connection breaks while it is being written.
                    Interlocked.Increment(ref failed);
                    await Task.Yield();
                }
            }
        })));
        for (var round = 0; round < 2; round++)
        {
            await Eventually.UntilAsync("commands run", () => Volatile.Read(ref answered) > 1_000);
            await _server.KillAsync();
            Volatile.Write(ref failed, 0);
            await Eventually.UntilAsync("commands fail without a server", () => load.IsFaulted || Volatile.Read(ref failed) > 0);
            if (load.IsFaulted)
                await load;
            await _server.StartAsync();
            Volatile.Write(ref answered, 0);
            await Eventually.UntilAsync("commands run again", () => Volatile.Read(ref answered) > 1_000);
        }

        await stop.CancelAsync();
        await Eventually.WithinAsync("the load ends", load);
        Assert.True(await db.StringSetAsync("kept", "after"));
        await Eventually.UntilAsync("the subscription is there again", async () =>
        {
            await db.PublishAsync(RedisChannel.Literal("still"), "hello");
            return !heard.IsEmpty;
        });
    }

    [Fact]
    public async Task A_server_that_hangs_times_out_and_goes_on_when_it_wakes()
    {
        await using var connection = await RedisFixture.ConnectAsync(_server, options =>
        {
            options.AsyncTimeout = 300;
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        });
        var db = connection.GetDatabase();
        await db.PingAsync();
        _server.Pause();
        await Assert.ThrowsAsync<RedisTimeoutException>(() => db.StringSetAsync("hung", 1));
        _server.Resume();
        await Eventually.UntilAsync("it answers again", async () => await db.StringSetAsync("hung", 2));
    }

    [Fact]
    public async Task More_than_the_pipe_holds_can_wait_for_a_server_that_hangs()
    {
        await using var connection = await RedisFixture.ConnectAsync(_server);
        var db = connection.GetDatabase();
        await db.PingAsync();
        _server.Pause();
        // The send pipe pauses its writer at 0.5 MiB, a socket's buffers hold a few MiB.
        var value = new byte[100_000];
        var writes = Enumerable.Range(0, 200).Select(i => Task.Run(() => db.StringSetAsync($"wait:{i}", value))).ToArray();
        await Eventually.UntilAsync("writes wait", () => connection.GetCounters().Interactive.SentItemsAwaitingResponse + connection.GetCounters().Interactive.PendingUnsentItems > 0);
        _server.Resume();
        Assert.All(await Eventually.WithinAsync("all writes", Task.WhenAll(writes)), Assert.True);
        Assert.Equal(value.Length, await db.StringLengthAsync("wait:199"));
    }

    [Fact]
    public async Task A_client_that_comes_before_its_server_finds_it_later()
    {
        await _server.KillAsync();
        await using var connection = await RedisFixture.ConnectAsync(_server, options =>
        {
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = 300;
            options.ReconnectRetryPolicy = new LinearRetry(100);
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
        });
        Assert.False(connection.IsConnected);
        await _server.StartAsync();
        await Eventually.UntilAsync("it connects", () => connection.IsConnected);
        Assert.True(await connection.GetDatabase().StringSetAsync("late", 1));
    }
}
