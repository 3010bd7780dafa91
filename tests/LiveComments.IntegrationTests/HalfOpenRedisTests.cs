using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>A Redis that is there, over a network that has forgotten its connections without a word.</summary>
public sealed class HalfOpenRedisTests
{
    private const int Askers = 16;

    [Fact]
    public async Task Whatever_a_command_ends_with_while_a_half_open_connection_is_given_up_says_that_Redis_is_away()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var link = new FaultyLink("redis", server.Port, seed: 1);
        // The client gives a connection up on which nothing was heard for four times its patience.
        var options = ConfigurationOptions.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{link.Port},password={RedisServer.Password},abortConnect=false,connectTimeout=500,asyncTimeout=250,syncTimeout=250,keepAlive=1"));
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        using var end = new CancellationTokenSource();
        var (failures, answers) = (new ConcurrentQueue<Exception>(), 0);
        var asking = Task.WhenAll(Enumerable.Range(0, Askers).Select(number => Task.Run(() => AskAsync(number))));
        await Eventually.UntilAsync("it answers", () => Volatile.Read(ref answers) > Askers);

        var connections = link.Connections;
        link.Mode = LinkMode.Swallowing;
        await Eventually.UntilAsync("the client has given its connection up, and tries another", () => link.Connections > connections);
        link.Mode = LinkMode.Open;
        var before = Volatile.Read(ref answers);
        await Eventually.UntilAsync("it answers again", () => Volatile.Read(ref answers) > before + Askers);
        await end.CancelAsync();
        await Eventually.WithinAsync("the last answers", asking);
        Assert.All(failures, failure => Assert.True(RedisFailures.IsAway(failure), failure.ToString()));

        async Task AskAsync(int number)
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    await redis.GetDatabase().StringSetAsync(string.Create(CultureInfo.InvariantCulture, $"{number}"), "value");
                    Interlocked.Increment(ref answers);
                }
#pragma warning disable CA1031 // Whatever it is, is what the test is after.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failures.Enqueue(exception);
                }
            }
        }
    }

    public static TheoryData<Exception> Away { get; } =
    [
        new RedisConnectionException(ConnectionFailureType.SocketClosed, "closed"), new RedisTimeoutException("late", CommandStatus.Sent), new TimeoutException(),
        new IOException("cut"), new SocketException((int)SocketError.ConnectionReset),
        // As the client's pipe says when its reader was completed under a command.
        new InvalidOperationException("Reading is not allowed after reader was completed."), new TaskCanceledException(),
    ];

    [Theory]
    [MemberData(nameof(Away))]
    public void What_a_command_may_end_with_says_that_Redis_is_away(Exception exception) => Assert.True(RedisFailures.IsAway(exception));

    [Fact]
    public void A_fault_of_ours_and_a_caller_that_leaves_say_nothing_of_Redis()
    {
        Assert.False(RedisFailures.IsAway(new ArgumentException("wrong")));
        using var caller = new CancellationTokenSource();
        Assert.False(RedisFailures.IsAway(new OperationCanceledException(caller.Token)));
        Assert.False(RedisFailures.IsAway(new InvalidDataException("no number")));
    }
}
