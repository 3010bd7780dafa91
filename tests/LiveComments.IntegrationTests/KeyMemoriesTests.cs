using LiveComments.Api.Admission;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>How long Redis remembers idempotency keys, and what that costs it: the script as it is, but for the clock.</summary>
public sealed class KeyMemoriesTests : IAsyncLifetime
{
    private static readonly RateLimit Limit = new(1_000_000, TimeSpan.FromSeconds(10));
    private static readonly long Turn = (long)KeyMemories.Duration.TotalMilliseconds;
    private static readonly string Script = RedisAdmission.Script.Replace("redis.call('TIME')", "{ARGV[11], ARGV[12]}", StringComparison.Ordinal);

    private readonly RedisServer _server = new();
    private IConnectionMultiplexer _connection = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_key_is_remembered_over_the_change_of_turns_for_a_day_at_least()
    {
        // Redis drops what has ended by its own clock, so these moments lie ahead of it.
        var next = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / Turn) + 1;
        await Seed.ForEachAsync(50, async random =>
        {
            var (user, key, used) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), (next * Turn) + random.NextInt64(Turn));
            Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync(user, key, used));
            foreach (var later in new[] { 0, random.NextInt64(Turn), Turn })
                Assert.Equal(TimeSpan.FromMilliseconds(later), Assert.IsType<AdmissionVerdict.UsedBefore>(await AskAsync(user, key, used + later)).Ago);
        });
    }

    [Fact]
    public async Task A_turn_s_memory_ends_with_the_next_turn()
    {
        var turn = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / Turn) + 1;
        await AskAsync("ada", "key", (turn * Turn) + 5);
        var ends = await _connection.GetDatabase().KeyExpireTimeAsync(KeyMemories.HashOf("ada", turn));
        Assert.Equal(DateTime.UnixEpoch.AddMilliseconds((turn + 2) * Turn), ends);
    }

    [Fact]
    public async Task What_a_process_with_another_clock_tells_of_a_key_is_found()
    {
        // Told for today's turn by this process's clock, though Redis's has come to tomorrow's.
        var admission = new RedisAdmission(_connection, TimeProvider.System);
        var tomorrow = ((TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / Turn) + 1) * Turn;
        Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("ada", "key", tomorrow));
        admission.Remember("s", "ada", "key", new Cursor(1, 42), "hash");
        await Eventually.UntilAsync("the key's comment is remembered", async () => await AskAsync("ada", "key", tomorrow) is AdmissionVerdict.SeenBefore);
    }

    [Fact]
    public async Task Redis_has_no_more_keys_for_it_however_much_a_user_posts()
    {
        var admission = new RedisAdmission(_connection, TimeProvider.System);
        var moment = ((TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / Turn) * Turn) + 1;
        for (var post = 0; post < 300; post++)
        {
            Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("ada", $"{post}", moment));
            admission.Remember("s", "ada", $"{post}", new Cursor(1, 42), "hash");
        }

        await Eventually.UntilAsync("the last one is remembered", async () => await AskAsync("ada", "299", moment) is AdmissionVerdict.SeenBefore);
        // Their posts, and what is remembered of their keys.
        Assert.Equal(2, (long)await _connection.GetDatabase().ExecuteAsync("DBSIZE"));
    }

    private async Task<AdmissionVerdict> AskAsync(string user, string key, long moment) => RedisAdmission.VerdictOf(
        await _connection.GetDatabase().ScriptEvaluateAsync(
            Script, RedisAdmission.KeysOf(user, key, null), [.. RedisAdmission.ArgumentsOf("s", null, Limit, Limit, key: key), moment / 1000, moment % 1000 * 1000]),
        Limit, Limit);
}
