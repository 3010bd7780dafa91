using System.Security.Cryptography;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.ConformanceTests.Redis;

/// <summary>The genuine StackExchange.Redis client over whatever pipes it was given.</summary>
public sealed class RedisLoadTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Two_hundred_thousand_pipelined_commands_are_answered_to_their_askers()
    {
        const int Tasks = 50, Batches = 40, PerBatch = 100;
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(async () =>
        {
            for (var batch = 0; batch < Batches; batch++)
            {
                var asked = Enumerable.Range(0, PerBatch).Select(i => $"{task}:{batch}:{i}:{new string('x', i * 7 % 300)}").ToArray();
                var answers = await Task.WhenAll(asked.Select(text => db.ExecuteAsync("ECHO", text)));
                Assert.Equal(asked, answers.Select(answer => (string?)answer));
            }
        })));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(1_000_003)]
    [InlineData(12 * 1024 * 1024 + 5)]
    public async Task A_value_of_any_size_survives_the_round_trip(int size)
    {
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        var value = RandomNumberGenerator.GetBytes(size);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
        {
            Assert.True(await db.StringSetAsync($"large:{size}:{i}", value));
            Assert.Equal(value, (byte[]?)await db.StringGetAsync($"large:{size}:{i}"));
        }));
    }

    [Fact]
    public async Task A_reply_of_many_elements_arrives_whole_and_the_next_small_one_too()
    {
        const int Elements = 150_000;
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        foreach (var chunk in Enumerable.Range(0, Elements).Chunk(10_000))
            await db.ListRightPushAsync("many", [.. chunk.Select(i => (RedisValue)i)]);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(Enumerable.Range(0, Elements), (await db.ListRangeAsync("many")).Select(value => (int)value));
            Assert.Equal(Elements, await db.ListLengthAsync("many"));
        }
    }

    [Fact]
    public async Task Nested_replies_keep_their_shape()
    {
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        var nested = await db.ScriptEvaluateAsync("local t = {} for i = 1, 3000 do t[i] = {i, {tostring(i), {}}} end return t");
        var outer = (RedisResult[])nested!;
        Assert.Equal(3000, outer.Length);
        for (var i = 0; i < outer.Length; i++)
        {
            var inner = (RedisResult[])outer[i]!;
            Assert.Equal(i + 1, (int)inner[0]);
            Assert.Equal($"{i + 1}", (string?)((RedisResult[])inner[1]!)[0]);
            Assert.Empty((RedisResult[])((RedisResult[])inner[1]!)[1]!);
        }
    }

    [Fact]
    public async Task Scripts_run_with_keys_and_arguments_and_their_errors_are_told()
    {
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        const string Script = "redis.call('SET', KEYS[1], ARGV[1]) return {redis.call('GET', KEYS[1]), 42, false}";
        for (var i = 0; i < 3; i++)
        {
            var result = (RedisResult[])(await db.ScriptEvaluateAsync(Script, ["script:key"], [$"value {i}"]))!;
            Assert.Equal($"value {i}", (string?)result[0]);
            Assert.Equal(42, (int)result[1]);
            Assert.True(result[2].IsNull);
        }

        var error = await Assert.ThrowsAsync<RedisServerException>(() => db.ScriptEvaluateAsync("return redis.error_reply('OOPS told')"));
        Assert.Contains("OOPS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_of_every_shape_are_read()
    {
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        await db.HashSetAsync("shape:hash", [new("a", 1), new("b", "two")]);
        Assert.Equal(2, (await db.HashGetAllAsync("shape:hash")).Length);
        Assert.Equal([1, RedisValue.Null], await db.HashGetAsync("shape:hash", ["a", "none"]));
        await db.SortedSetAddAsync("shape:sorted", [new("x", 1.5), new("y", 2.5)]);
        Assert.Equal([new("x", 1.5), new SortedSetEntry("y", 2.5)], await db.SortedSetRangeByRankWithScoresAsync("shape:sorted"));
        Assert.Equal([1.5, null], await db.SortedSetScoresAsync("shape:sorted", ["x", "none"]));
        await db.GeoAddAsync("shape:geo", 13.361389, 38.115556, "Palermo");
        Assert.NotNull((await db.GeoPositionAsync("shape:geo", ["Palermo"]))[0]);
        await db.StreamAddAsync("shape:stream", "field", "value");
        Assert.Equal("value", (await db.StreamRangeAsync("shape:stream"))[0]["field"]);
        Assert.True((await db.PingAsync()) > TimeSpan.Zero);
        var transaction = db.CreateTransaction();
        var first = transaction.StringIncrementAsync("shape:counter");
        var second = transaction.StringIncrementAsync("shape:counter");
        Assert.True(await transaction.ExecuteAsync());
        Assert.Equal(await first + 1, await second);
    }

    [Fact]
    public async Task Published_messages_arrive_all_and_in_order()
    {
        const int Messages = 20_000;
        await using var connection = await redis.ConnectAsync();
        await using var publisher = await redis.ConnectAsync();
        var queue = await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"));
        var sends = Enumerable.Range(0, Messages).Select(i => publisher.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), i)).ToArray();
        for (var i = 0; i < Messages; i++)
            Assert.Equal(i, (int)(await Eventually.WithinAsync($"message {i}", queue.ReadAsync().AsTask())).Message);
        await Task.WhenAll(sends);
    }

    [Fact]
    public async Task Every_handler_of_a_channel_hears_a_message()
    {
        await using var connection = await redis.ConnectAsync();
        var heard = new int[3];
        for (var i = 0; i < heard.Length; i++)
        {
            var handler = i;
            await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal("all"), (_, _) => Interlocked.Increment(ref heard[handler]));
        }

        await connection.GetSubscriber().PublishAsync(RedisChannel.Literal("all"), "x");
        await Eventually.UntilAsync("all three handlers heard it once", () => heard.All(count => count == 1));
    }

    [Fact]
    public async Task Synchronous_calls_from_many_threads_are_answered()
    {
        await using var connection = await redis.ConnectAsync();
        var db = connection.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < 500; i++)
                Assert.Equal($"{worker}:{i}", (string?)db.Execute("ECHO", $"{worker}:{i}"));
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_told()
    {
        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => redis.ConnectAsync(options => options.Password = "wrong"));
        Assert.Contains("WRONGPASS", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_under_load_ends_every_command()
    {
        for (var round = 0; round < 10; round++)
        {
            var connection = await redis.ConnectAsync();
            var db = connection.GetDatabase();
            var payload = new byte[10_000];
            var commands = Enumerable.Range(0, 2_000).Select(i => Outcome(db.StringSetAsync($"dispose:{i % 100}", payload))).ToList();
            var disposing = round % 2 == 0 ? connection.DisposeAsync().AsTask() : Task.Run(connection.Dispose);
            await Eventually.WithinAsync("dispose under load", disposing);
            await Eventually.WithinAsync("every command's end", Task.WhenAll(commands));
        }

        static async Task Outcome(Task command)
        {
            try
            {
                await command;
            }
            catch (Exception exception) when (exception is RedisException or ObjectDisposedException or OperationCanceledException or TimeoutException)
            {
            }
        }
    }
}
