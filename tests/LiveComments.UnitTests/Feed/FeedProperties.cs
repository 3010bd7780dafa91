using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.ServiceLevels;
using LiveComments.ServiceDefaults.Telemetry;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Rooms;
using Microsoft.Extensions.Logging.Abstractions;
using NATS.Client.Core;

namespace LiveComments.UnitTests.Feed;

/// <summary>A feed over a network that loses, repeats, delays and reorders messages, and goes away now and then.</summary>
public sealed class FeedProperties
{
    // Twice what a feed waits before it asks for the newest entry, and some time for the answers.
    private static readonly TimeSpan SoonAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void Every_entry_comes_once_and_in_order_and_none_is_missing_soon_after_the_network_is_well() => Seed.ForEach(4_000, random =>
    {
        using var world = new World(random);
        for (var step = random.Next(5, 80); step > 0; step--)
            world.Change(mayLose: false);
        world.Heal();
        Assert.Equal(world.Log.Entries.Where(entry => entry.Sequence > world.Feed!.Newest[^1].Sequence).Select(Name), world.Delivered.Select(Name));
    });

    [Fact]
    public void What_the_log_itself_has_lost_costs_nothing_else_and_a_gap_never_hides_what_is_there() => Seed.ForEach(1_500, random =>
    {
        using var world = new World(random);
        for (var step = random.Next(5, 80); step > 0; step--)
            world.Change(mayLose: true);
        world.Heal();
        var lost = world.Lost.Select(entry => entry.Sequence).ToHashSet();
        var gaps = world.Delivered.Where(entry => entry.EventType == FeedGap.EventType).ToList();
        var real = world.Delivered.Where(entry => entry.EventType != FeedGap.EventType && !lost.Contains(entry.Sequence));
        var expected = world.Log.Entries.Where(entry => entry.Sequence > world.Feed!.Newest[^1].Sequence).ToList();
        Assert.Equal(expected.Select(Name), real.Select(Name));
        Assert.All(gaps, gap =>
        {
            var said = JsonSerializer.Deserialize(gap.Body.Span, ContractsJson.Wire.Gap)!;
            Assert.True(Cursor.TryParse(said.After, out var after) && Cursor.TryParse(said.Until, out var until) && until.Sequence == gap.Sequence);
            Cursor.TryParse(said.Until, out until);
            Assert.Contains(gap.Sequence, lost);
            Assert.DoesNotContain(expected, entry => entry.Sequence > after.Sequence && entry.Sequence <= until.Sequence);
        });
    });

    [Fact]
    public void A_message_that_names_what_the_log_has_lost_makes_a_gap_in_its_place()
    {
        using var world = new World(new Random(1));
        world.Heal();
        var lost = world.Log.Append(RoomEntries.Unknown);
        var delivered = world.Delivered.Count;
        world.Network.IsAway = true;
        var unheard = world.Log.Append(RoomEntries.Unknown);
        world.Log.Lose(world.Log.Entries.Count - 1);
        world.Network.IsAway = false;
        var next = world.Log.Append(RoomEntries.Unknown);
        world.Heal();
        Assert.Equal([lost.Sequence, unheard.Sequence, next.Sequence], world.Delivered.Skip(delivered).Select(entry => entry.Sequence));
        Assert.Equal(FeedGap.EventType, world.Delivered[delivered + 1].EventType);
    }

    private static string Name(LogEntry entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Sequence} {entry.EventType}");

    /// <summary>One log, one network, one feed.</summary>
    private sealed class World : IDisposable
    {
        private readonly Turns _turns = new();
        private readonly ManualTimeProvider _clock = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Random _random;
        private readonly Task _running;

        public World(Random random)
        {
            _random = random;
            Network = new FakeNetwork(random);
            Log = new FakeLog(random.Next(1, 4), [Network]);
            Log.Append(RoomEntries.Created);
            for (var count = random.Next(70); count > 0; count--)
                Append();
            _running = RunAsync();
        }

        public FakeNetwork Network { get; }

        public FakeLog Log { get; }

        public StreamFeed? Feed { get; private set; }

        public List<LogEntry> Delivered { get; } = [];

        public List<LogEntry> Lost { get; } = [];

        public void Change(bool mayLose)
        {
            switch (_random.Next(12))
            {
                case < 5: Append(); break;
                case 5: Log.AppendOthers(_random.Next(1, 5)); break;
                case 6: Network.DeliverLate(_random.Next(1, 4)); break;
                case 7: Network.IsAway = _random.Next(2) == 0; break;
                case 8 when mayLose && Log.Entries.Count > 1: Lost.Add(Log.Lose(_random.Next(1, Log.Entries.Count))); break;
                case 9: _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(3_000))); break;
                default: break;
            }

            _turns.Take(_random.Next(6));
            Check();
        }

        /// <summary>The network is well, and some time passes.</summary>
        public void Heal()
        {
            Network.Heal();
            for (var passed = TimeSpan.Zero; passed < SoonAfter; passed += Step)
            {
                _turns.TakeAll();
                _clock.Advance(Step);
            }

            _turns.TakeAll();
            Check();
        }

        public void Dispose()
        {
            _stop.Cancel();
            _turns.TakeAll();
            _turns.Dispose();
            _stop.Dispose();
        }

        private void Append() => Log.Append(_random.Next(4) switch
        {
            0 => sequence => RoomEntries.StreamReaction(sequence, ReactionTypes.Like, 1),
            1 => RoomEntries.Unknown,
            _ => sequence => RoomEntries.Comment(sequence, RoomEntries.CommentOf(sequence)),
        });

        private void Check()
        {
            if (_running.IsFaulted)
                _running.GetAwaiter().GetResult();
            Assert.Equal(Delivered.Select(entry => entry.Sequence).Order().Distinct(), Delivered.Select(entry => entry.Sequence));
        }

        // As a room does: it is opened again until that works.
        private async Task RunAsync()
        {
            while (Feed is null)
            {
                try
                {
                    Feed = await StreamFeed.OpenAsync(RoomEntries.StreamId, Log.HandleFor(Network), Network.Connection, Quiet.Witness(Network.Connection, _clock), Quiet.FeedMetrics, _clock, NullLogger.Instance, _stop.Token);
                }
                catch (Exception exception) when (exception is NatsException or TimeoutException)
                {
                    await Task.Delay(Step, _clock, _stop.Token);
                }
            }

            // The last alone may be a reaction: nobody resumes from one, but the feed goes on behind it.
            Assert.DoesNotContain(Feed.Newest.SkipLast(1), Reactions.IsOne);
            await Feed.RunAsync(Delivered.Add, _stop.Token);
        }
    }
}

/// <summary>What a service needs and no test asks about.</summary>
static class Quiet
{
    public static readonly FeedMetrics FeedMetrics = new(new Meters(), new StreamLevels(TimeProvider.System));

    public static readonly SentFrames SentFrames = new(new MessageSizes(new Meters()), new StreamLevels(TimeProvider.System));

    public static LogWitness Witness(INatsConnection nats, TimeProvider clock) => new(new CurrentLog(), nats, clock, NullLogger<LogWitness>.Instance);

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
