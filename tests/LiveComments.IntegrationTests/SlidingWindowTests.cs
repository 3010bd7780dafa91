using LiveComments.Api.Admission;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>The script's windows beside a model that is too simple to be wrong, over random limits, streams and moments.</summary>
public sealed class SlidingWindowTests : IAsyncLifetime
{
    private const int Rounds = 20;
    private const int PostsOfRound = 60;
    private static readonly string[] Streams = ["a", "b", "c"];

    // The script as it is, but for the clock: that comes with the call.
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
    public async Task Redis_decides_as_the_model_does_and_never_lets_more_pass()
    {
        Assert.NotEqual(RedisAdmission.Script, Script);
        await Seed.ForEachAsync(Rounds, random => RunAsync(new Round(random)));
    }

    private async Task RunAsync(Round round)
    {
        var user = Guid.NewGuid().ToString();
        var model = new List<(long Moment, string Stream)>();
        foreach (var (moment, stream) in round.Posts)
        {
            var expected = Decide(model, moment, stream, round.Globally, round.PerStream);
            var answer = await _connection.GetDatabase().ScriptEvaluateAsync(
                Script, RedisAdmission.KeysOf(user, null, null), [.. RedisAdmission.ArgumentsOf(stream, null, round.Globally, round.PerStream), moment / 1000, moment % 1000 * 1000]);
            Assert.Equal(expected, RedisAdmission.VerdictOf(answer, round.Globally, round.PerStream));
        }

        foreach (var (moment, stream) in model)
        {
            Assert.InRange(model.Count(post => IsWithin(post.Moment, moment, round.Globally)), 1, round.Globally.Count);
            Assert.InRange(model.Count(post => post.Stream == stream && IsWithin(post.Moment, moment, round.PerStream)), 1, round.PerStream.Count);
        }
    }

    private static AdmissionVerdict Decide(List<(long Moment, string Stream)> model, long now, string stream, RateLimit globally, RateLimit perStream)
    {
        var all = model.Where(post => IsWithin(post.Moment, now, globally)).Select(post => post.Moment).ToList();
        var own = model.Where(post => post.Stream == stream && IsWithin(post.Moment, now, perStream)).Select(post => post.Moment).ToList();
        var (wait, ownWait) = (WaitOf(all, globally, now), WaitOf(own, perStream, now));
        if (wait > TimeSpan.Zero || ownWait > TimeSpan.Zero)
        {
            return wait >= ownWait
                ? new AdmissionVerdict.TooMany(new Quota(globally.Count, 0, globally.Window, wait)) { KnowsKeys = true }
                : new AdmissionVerdict.TooMany(new Quota(perStream.Count, 0, perStream.Window, ownWait)) { KnowsKeys = true };
        }

        model.Add((now, stream));
        var (left, ownLeft) = (globally.Count - all.Count - 1, perStream.Count - own.Count - 1);
        var quota = ownLeft < left
            ? new Quota(perStream.Count, ownLeft, perStream.Window, TimeSpan.Zero)
            : new Quota(globally.Count, left, globally.Window, TimeSpan.Zero);
        return new AdmissionVerdict.Admitted(quota) { KnowsKeys = true };
    }

    private static bool IsWithin(long moment, long until, RateLimit limit) => moment <= until && until - moment < limit.Window.TotalMilliseconds;

    private static TimeSpan WaitOf(List<long> within, RateLimit limit, long now) =>
        within.Count < limit.Count ? TimeSpan.Zero : limit.Window - TimeSpan.FromMilliseconds(now - within[^limit.Count]);

    private sealed class Round
    {
        public Round(Random random)
        {
            Globally = new RateLimit(random.Next(1, 12), TimeSpan.FromMilliseconds(random.Next(1_000, 60_000)));
            // The stream's window may be the longer one, too.
            PerStream = new RateLimit(random.Next(1, 6), TimeSpan.FromMilliseconds(random.Next(1_000, 90_000)));
            var moment = 1_700_000_000_000 + random.Next();
            for (var post = 0; post < PostsOfRound; post++)
            {
                // Often at once, mostly soon, sometimes exactly when a window ends.
                moment += random.Next(4) switch
                {
                    0 => 0,
                    1 => (long)(random.Next(2) == 0 ? Globally : PerStream).Window.TotalMilliseconds,
                    _ => random.Next(5_000),
                };
                Posts.Add((moment, Streams[random.Next(Streams.Length)]));
            }
        }

        public RateLimit Globally { get; }

        public RateLimit PerStream { get; }

        public List<(long Moment, string Stream)> Posts { get; } = [];
    }
}
