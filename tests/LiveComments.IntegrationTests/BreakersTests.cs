using System.Diagnostics.Metrics;
using LiveComments.Api.Admission;
using LiveComments.Api.Comments;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Api.Users.Follows;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>Each breaker before a server that is stopped and comes back: five calls find that out, the next ask nobody, and one that tries finds it back.</summary>
public sealed class BreakersTests : IDisposable
{
    private const int FailuresToOpen = 5;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _clock = new();
    private readonly BreakerMetrics _metrics;

    public BreakersTests() => _metrics = new BreakerMetrics(_services.GetRequiredService<IMeterFactory>());

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Reads_of_a_Postgres_that_is_stopped_fail_at_once_from_the_sixth_on_until_one_finds_it_back()
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        var reads = new DatabaseReads(_clock, _metrics);
        var asked = 0;
        Assert.Equal(1, await Eventually.GetAsync<object>("Postgres lets us in", async () => await ReadAsync()));

        await server.KillAsync();
        for (var failure = 1; failure <= FailuresToOpen; failure++)
        {
            Assert.Equal(BreakerState.Closed, StateOf(DatabaseReads.BreakerName));
            await Assert.ThrowsAnyAsync<NpgsqlException>(ReadAsync);
        }

        Assert.Equal(BreakerState.Open, StateOf(DatabaseReads.BreakerName));
        asked = 0;
        for (var call = 0; call < 10; call++)
            Assert.Contains(DatabaseReads.BreakerName, (await Assert.ThrowsAsync<BrokenCircuitException>(ReadAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(0, asked);

        // Not back yet: the one that tries says so, and the time begins anew.
        _clock.Advance(BreakerLimits.Postgres.OpenFor);
        await Assert.ThrowsAnyAsync<NpgsqlException>(ReadAsync);
        await Assert.ThrowsAsync<BrokenCircuitException>(ReadAsync);

        await server.StartAsync();
        await Eventually.UntilAsync("one that tries finds it back", async () =>
        {
            _clock.Advance(BreakerLimits.Postgres.OpenFor);
            await ReadAsync();
            return StateOf(DatabaseReads.BreakerName) == BreakerState.Closed;
        });

        async Task<object> ReadAsync() => await reads.ReadAsync(
            async token =>
            {
                asked++;
                await using var command = database.CreateCommand("select 1");
                return (await command.ExecuteScalarAsync(token))!;
            },
            CancellationToken.None);
    }

    [Fact]
    public async Task Who_asks_for_used_keys_asks_a_stopped_Postgres_five_times_and_goes_on_without()
    {
        var parts = new LogAndDatabase();
        await parts.InitializeAsync();
        try
        {
            var keys = new UsedKeys(parts.Database, parts.CurrentLog, Options.Create(new LogOptions()), _clock, NullLogger<UsedKeys>.Instance, _metrics);
            var use = new KeyUse("s", "ada", "key", "message");
            Assert.Equal(KeyAnswer.New, await keys.FindAsync(use, toTheEnd: false, CancellationToken.None));

            await parts.Postgres.KillAsync();
            for (var failure = 1; failure <= FailuresToOpen; failure++)
            {
                Assert.Equal(BreakerState.Closed, StateOf(UsedKeys.BreakerName));
                Assert.Equal(KeyAnswer.Nobody, await keys.FindAsync(use, toTheEnd: false, CancellationToken.None));
            }

            Assert.Equal(BreakerState.Open, StateOf(UsedKeys.BreakerName));
            Assert.Equal(KeyAnswer.Nobody, await keys.FindAsync(use, toTheEnd: false, CancellationToken.None));
            await parts.Postgres.StartAsync();
            Assert.Equal(KeyAnswer.Nobody, await keys.FindAsync(use, toTheEnd: false, CancellationToken.None));
            await Eventually.UntilAsync("it knows keys again", async () =>
            {
                _clock.Advance(BreakerLimits.Postgres.OpenFor);
                return await keys.FindAsync(use, toTheEnd: false, CancellationToken.None) == KeyAnswer.New;
            });
            Assert.Equal(BreakerState.Closed, StateOf(UsedKeys.BreakerName));
        }
        finally
        {
            await parts.DisposeAsync();
        }
    }

    [Fact]
    public async Task Limits_are_asked_of_a_stopped_Redis_five_times_then_kept_by_the_process_until_one_finds_it_back()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},abortConnect=false,connectTimeout=500,asyncTimeout=250,syncTimeout=250");
        using var watch = new RedisMemoryWatch(redis, TimeProvider.System, NullLogger<RedisMemoryWatch>.Instance);
        var (local, quotas) = (new LocalAdmission(_clock), new AdmissionMetrics(_services.GetRequiredService<IMeterFactory>()));
        var plenty = new RateLimit(1_000, TimeSpan.FromMinutes(1));
        var admission = new CommentAdmission(
            new RedisAdmission(redis, _clock), watch, local, quotas, new ModerationState(_clock), new Always(new AdmissionOptions { CommentsGlobally = plenty, CommentsPerStream = plenty }), _clock,
            NullLogger<CommentAdmission>.Instance, _metrics);
        var reactions = new ReactionLimits(redis, local, quotas, _clock, NullLogger<ReactionLimits>.Instance, _metrics);
        Assert.False((await AdmitAsync()).IsLocal);
        await ReactAsync();

        await server.KillAsync();
        for (var failure = 1; failure <= FailuresToOpen; failure++)
        {
            Assert.Equal((BreakerState.Closed, BreakerState.Closed), States());
            // Nobody gets an error for that.
            Assert.True((await AdmitAsync()).IsLocal);
            Assert.True((await ReactAsync()).Remaining >= 0);
        }

        Assert.Equal((BreakerState.Open, BreakerState.Open), States());
        await server.StartAsync();
        await Eventually.UntilAsync("Redis is connected", () => redis.IsConnected);
        // It is there, but nobody asks it yet.
        Assert.True((await AdmitAsync()).IsLocal);
        _clock.Advance(BreakerLimits.Redis.OpenFor);
        Assert.Equal((BreakerState.HalfOpen, BreakerState.HalfOpen), States());
        await Eventually.UntilAsync("Redis decides again", async () =>
        {
            _clock.Advance(BreakerLimits.Redis.OpenFor);
            await ReactAsync();
            return !(await AdmitAsync()).IsLocal && States() == (BreakerState.Closed, BreakerState.Closed);
        });

        (BreakerState, BreakerState) States() => (StateOf(CommentAdmission.BreakerName), StateOf(ReactionLimits.BreakerName));

        async Task<AdmissionVerdict.Admitted> AdmitAsync() =>
            Assert.IsType<AdmissionVerdict.Admitted>(await admission.AdmitAsync("s", "ada", null, null, slowMode: null, CancellationToken.None));

        async Task<Quota> ReactAsync() => await reactions.TakeAsync("reactions", "s", "ada", plenty, CancellationToken.None);
    }

    [Fact]
    public async Task Newest_comments_follows_and_tickets_ask_a_stopped_Redis_five_times_and_then_nobody_until_one_finds_it_back()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},abortConnect=false,connectTimeout=500,asyncTimeout=250,syncTimeout=250");
        await using var database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
        var recent = new RecentWindowStore(redis, _clock, NullLogger<RecentWindowStore>.Instance, _metrics);
        var follows = new FollowMemory(redis, database, new DatabaseReads(_clock), _clock, NullLogger<FollowMemory>.Instance, _metrics);
        var tickets = new LiveTickets(redis, _clock, NullLogger<LiveTickets>.Instance, _metrics);
        string[] names = [RecentWindowStore.BreakerName, FollowMemory.BreakerName, LiveTickets.BreakerName];
        await AskAllAsync();

        await server.KillAsync();
        for (var failure = 1; failure <= FailuresToOpen; failure++)
        {
            Assert.All(names, name => Assert.Equal(BreakerState.Closed, StateOf(name)));
            await AssertAwayAsync(isAsked: true);
        }

        Assert.All(names, name => Assert.Equal(BreakerState.Open, StateOf(name)));
        await AssertAwayAsync(isAsked: false);
        await server.StartAsync();
        await Eventually.UntilAsync("all have found it back", async () =>
        {
            _clock.Advance(BreakerLimits.Redis.OpenFor);
            await AskAllAsync();
            return names.All(name => StateOf(name) == BreakerState.Closed);
        });

        async Task AskAllAsync()
        {
            Assert.Null(await recent.ReadAsync(1, "s"));
            await follows.ChangeAsync(new FollowChange("ada", "bob", IsFollowing: true, 1), CancellationToken.None);
            Assert.Null(await tickets.FindAsync("s", new string('A', 43), CancellationToken.None));
        }

        async Task AssertAwayAsync(bool isAsked)
        {
            // What is only a copy is as if it were not there.
            Assert.Null(await recent.ReadAsync(1, "s"));
            foreach (var ask in (Func<Task>[])[() => follows.ChangeAsync(new FollowChange("ada", "bob", IsFollowing: true, 1), CancellationToken.None), () => tickets.FindAsync("s", new string('A', 43), CancellationToken.None)])
            {
                var exception = await Assert.ThrowsAnyAsync<Exception>(ask);
                Assert.True(RedisFailures.IsAway(exception), exception.ToString());
                Assert.Equal(isAsked, exception is not BrokenCircuitException);
            }
        }
    }

    private BreakerState StateOf(string name)
    {
        BreakerState? state = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "livecomments.breaker.state" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            if (tags[0].Value as string == name)
                state = (BreakerState)value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return state ?? throw new InvalidOperationException($"No metric tells of '{name}'.");
    }

    private sealed class Always(AdmissionOptions value) : IOptionsMonitor<AdmissionOptions>
    {
        public AdmissionOptions CurrentValue => value;

        public AdmissionOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<AdmissionOptions, string?> listener) => null;
    }
}
