using LiveComments.Api.Admission;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>Calls that go to Redis together.</summary>
public sealed class GatheredCallsTests : IAsyncLifetime
{
    private readonly RedisServer _server = new();
    private IConnectionMultiplexer _connection = null!;
    private byte[] _echo = null!;
    private GatheredCalls _calls = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync($"{_server.ConnectionString},abortConnect=false,connectTimeout=1000,asyncTimeout=1000");
        _echo = await _connection.GetServers()[0].ScriptLoadAsync("if ARGV[1] == 'fail' then return redis.error_reply('NO ' .. KEYS[1]) end return ARGV[1]");
        _calls = new GatheredCalls(_connection, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Each_of_a_thousand_calls_at_once_gets_its_own_answer_or_its_own_failure()
    {
        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (number, _) =>
        {
            if (number % 10 == 0)
                Assert.Equal($"NO {number}", (await Assert.ThrowsAsync<RedisServerException>(() => AskAsync(number, "fail"))).Message);
            else
                Assert.Equal($"{number}", (string?)await AskAsync(number, $"{number}"));
        });
    }

    [Fact]
    public async Task Who_calls_after_a_hanging_Redis_came_back_is_answered_though_those_before_failed()
    {
        Assert.Equal("1", (string?)await AskAsync(1, "1"));
        _server.Pause();
        var hanging = Enumerable.Range(0, 10).Select(number => AskAsync(number, $"{number}")).ToArray();
        foreach (var call in hanging)
            await Assert.ThrowsAnyAsync<Exception>(() => call);
        _server.Resume();
        await Eventually.UntilAsync("a call is answered again", async () =>
        {
            try
            {
                return (string?)await AskAsync(2, "2") == "2";
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                return false;
            }
        });
    }

    private Task<RedisResult> AskAsync(int key, string argument) => _calls.EvaluateAsync(_echo, [$"{key}"], [argument]);
}
