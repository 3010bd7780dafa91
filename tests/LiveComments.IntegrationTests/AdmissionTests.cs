using System.Diagnostics.Metrics;
using LiveComments.Api.Admission;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>Admission against a real Redis.</summary>
public sealed class AdmissionTests : IAsyncLifetime
{
    private static readonly RateLimit Globally = new(7, TimeSpan.FromMinutes(1));
    private static readonly RateLimit PerStream = new(3, TimeSpan.FromMinutes(1));

    private readonly RedisServer _server = new();
    private readonly LocalAdmission _local = new(TimeProvider.System);
    private IConnectionMultiplexer _connection = null!;
    private RedisAdmission _redis = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync($"{_server.ConnectionString},abortConnect=false,connectTimeout=1000,asyncTimeout=1000");
        _redis = new RedisAdmission(_connection, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_takes_so_many_and_says_when_the_next_is_free()
    {
        for (var left = 2; left >= 0; left--)
            Assert.Equal(left, Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s")).Quota.Remaining);
        var refused = Assert.IsType<AdmissionVerdict.TooMany>(await AskAsync("s")).Quota;
        Assert.Equal((3, PerStream.Window), (refused.Limit, refused.Window));
        Assert.InRange(refused.Reset, TimeSpan.FromSeconds(30), PerStream.Window);
    }

    [Fact]
    public async Task All_streams_together_take_so_many()
    {
        var verdicts = new List<AdmissionVerdict>();
        for (var post = 0; post < 10; post++)
            verdicts.Add(await AskAsync($"s{post / 3}"));
        Assert.Equal(7, verdicts.Count(verdict => verdict is AdmissionVerdict.Admitted));
        Assert.Equal(7, Assert.IsType<AdmissionVerdict.TooMany>(verdicts[^1]).Quota.Limit);
    }

    [Fact]
    public async Task What_is_refused_is_charged_nowhere()
    {
        for (var post = 0; post < 20; post++)
            await AskAsync("full");
        // 3 of 7 went to the full stream; the 17 that were refused took nothing from the other 4.
        for (var post = 0; post < 3; post++)
            Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("other"));
    }

    [Fact]
    public async Task A_hundred_posts_at_once_from_two_processes_never_pass_the_limit()
    {
        await using var another = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        var elsewhere = new RedisAdmission(another, TimeProvider.System);
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 100).Select(post => post % 2 == 0 ? AskAsync("s") : elsewhere.AdmitAsync("s", "ada", null, null, Globally, PerStream)));
        Assert.Equal(3, verdicts.Count(verdict => verdict is AdmissionVerdict.Admitted));
    }

    [Fact]
    public async Task The_window_slides()
    {
        var brief = new RateLimit(2, TimeSpan.FromSeconds(3));
        Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s", perStream: brief));
        Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s", perStream: brief));
        Assert.IsType<AdmissionVerdict.TooMany>(await AskAsync("s", perStream: brief));
        await Eventually.UntilAsync("a place becomes free again", async () => await AskAsync("s", perStream: brief) is AdmissionVerdict.Admitted);
    }

    [Fact]
    public async Task A_key_that_led_to_a_comment_is_recognised_and_not_charged()
    {
        Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s", "key"));
        Assert.IsType<AdmissionVerdict.UsedBefore>(await AskAsync("s", "key"));
        _redis.Remember("s", "ada", "key", new Cursor(1, 42), "hash");
        await Eventually.UntilAsync("the key's comment is remembered", async () => await AskAsync("s", "key") is AdmissionVerdict.SeenBefore);
        for (var retry = 0; retry < 20; retry++)
            Assert.Equal(new AdmissionVerdict.SeenBefore(new Cursor(1, 42), "hash"), await AskAsync("s", "key"));
        // Another stream, another user: another key.
        Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("t", "key"));
    }

    [Fact]
    public async Task Attempts_with_one_key_at_once_are_charged_once()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync("s", "key")));
        Assert.Equal(49, verdicts.Count(verdict => verdict is AdmissionVerdict.UsedBefore));
        Assert.Equal(2, Assert.IsType<AdmissionVerdict.Admitted>(Assert.Single(verdicts, verdict => verdict is AdmissionVerdict.Admitted)).Quota.Remaining);
    }

    [Fact]
    public async Task A_charge_that_is_given_back_can_be_spent_again_and_its_key_is_remembered()
    {
        Assert.Equal(2, Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s", "1")).Quota.Remaining);
        Assert.Equal(1, Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s", "2")).Quota.Remaining);
        for (var again = 0; again < 3; again++)
            _redis.GiveBack("s", "ada", "1", new Cursor(1, 42), "hash");
        Assert.Equal(1, Assert.IsType<AdmissionVerdict.Admitted>(await AskAsync("s", "3")).Quota.Remaining);
        Assert.Equal(new AdmissionVerdict.SeenBefore(new Cursor(1, 42), "hash"), await AskAsync("s", "1"));
    }

    [Fact]
    public async Task Who_knows_another_mark_is_told_that_keys_may_be_forgotten()
    {
        var memory = new RedisMemory("1 run:0", IsShared: false, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Breaks: 0);
        var database = _connection.GetDatabase();
        await database.StringSetAsync(RedisMemoryWatch.MarkKey, memory.Mark);
        Assert.True((await _redis.AdmitAsync("s", "ada", "1", memory, Globally, PerStream)).KnowsKeys);
        await database.KeyDeleteAsync(RedisMemoryWatch.MarkKey);
        var admitted = Assert.IsType<AdmissionVerdict.Admitted>(await _redis.AdmitAsync("s", "ada", "2", memory, Globally, PerStream));
        Assert.Equal((false, 1), (admitted.KnowsKeys, admitted.Quota.Remaining));
        Assert.Equal(0, Assert.IsType<AdmissionVerdict.Admitted>(await _redis.AdmitAsync("s", "ada", "3", memory, Globally, PerStream)).Quota.Remaining);
        Assert.False(Assert.IsType<AdmissionVerdict.TooMany>(await _redis.AdmitAsync("s", "ada", "4", memory, Globally, PerStream)).KnowsKeys);
    }

    [Fact]
    public async Task While_Redis_is_away_this_process_keeps_the_limits_and_nobody_gets_an_error()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var options = new StaticOptions(new AdmissionOptions { CommentsGlobally = Globally, CommentsPerStream = PerStream });
        using var watch = new RedisMemoryWatch(_connection, TimeProvider.System, NullLogger<RedisMemoryWatch>.Instance);
        var admission = new CommentAdmission(
            _redis, watch, _local, new AdmissionMetrics(services.GetRequiredService<IMeterFactory>()), new ModerationState(TimeProvider.System), options, TimeProvider.System, NullLogger<CommentAdmission>.Instance);
        Assert.IsType<AdmissionVerdict.Admitted>(await admission.AdmitAsync("s", "ada", "key", null, slowMode: null, CancellationToken.None));

        await _server.KillAsync();
        var verdicts = new List<AdmissionVerdict>();
        for (var post = 0; post < 10; post++)
            verdicts.Add(await admission.AdmitAsync("s", "ada", null, null, slowMode: null, CancellationToken.None));
        Assert.Equal(3, verdicts.Count(verdict => verdict is AdmissionVerdict.Admitted));
        admission.Remember("s", "ada", "key", new Cursor(1, 1), "hash");

        await _server.StartAsync();
        await Eventually.UntilAsync("Redis decides again", async () =>
            await admission.AdmitAsync("s", "bob", Guid.NewGuid().ToString(), null, slowMode: null, CancellationToken.None) is var verdict && verdict is AdmissionVerdict.Admitted
            && await _connection.GetDatabase().KeyExistsAsync("posts:{bob}"));
    }

    [Fact]
    public async Task Keys_that_were_used_while_Redis_gave_no_answer_are_told_to_it_when_it_does()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var options = new StaticOptions(new AdmissionOptions { CommentsGlobally = Globally, CommentsPerStream = PerStream });
        using var watch = new RedisMemoryWatch(_connection, TimeProvider.System, NullLogger<RedisMemoryWatch>.Instance);
        var admission = new CommentAdmission(
            _redis, watch, _local, new AdmissionMetrics(services.GetRequiredService<IMeterFactory>()), new ModerationState(TimeProvider.System), options, TimeProvider.System, NullLogger<CommentAdmission>.Instance);
        Assert.IsType<AdmissionVerdict.Admitted>(await admission.AdmitAsync("s", "ada", "before", null, slowMode: null, CancellationToken.None));

        // The same Redis afterwards, with all that it knew: nothing tells that anything is missing.
        _server.Pause();
        for (var post = 0; post < PerStream.Count; post++)
        {
            var key = $"meanwhile {post}";
            Assert.True(Assert.IsType<AdmissionVerdict.Admitted>(await admission.AdmitAsync("s", "ada", key, null, slowMode: null, CancellationToken.None)).IsLocal);
            admission.Remember("s", "ada", key, new Cursor(1, (ulong)post + 1), "hash", isLocal: true);
        }

        _server.Resume();
        for (var post = 0; post < PerStream.Count; post++)
        {
            var (key, place) = ($"meanwhile {post}", new Cursor(1, (ulong)post + 1));
            await Eventually.UntilAsync("Redis knows the key", async () =>
                await admission.AdmitAsync("s", "ada", key, null, slowMode: null, CancellationToken.None) is AdmissionVerdict.SeenBefore seen && seen.Cursor == place);
        }
    }

    private Task<AdmissionVerdict> AskAsync(string stream, string? key = null, RateLimit? perStream = null) =>
        _redis.AdmitAsync(stream, "ada", key, null, Globally, perStream ?? PerStream);

    private sealed class StaticOptions(AdmissionOptions value) : IOptionsMonitor<AdmissionOptions>
    {
        public AdmissionOptions CurrentValue => value;

        public AdmissionOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<AdmissionOptions, string?> listener) => null;
    }
}
