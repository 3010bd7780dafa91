using LiveComments.Contracts;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Rooms;

namespace LiveComments.UnitTests.Feed;

/// <summary>A node has died, and all its viewers come at once to a room that has just been opened, each with a cursor of its own.</summary>
public sealed class FurtherPastTests
{
    // Tests post in no time at all; nothing of that is to be left out.
    private static readonly RoomOptions AllShown = new() { MaxCommentsPerSecond = 100_000 };

    [Fact]
    public void Whoever_comes_back_gets_what_it_missed_and_the_log_is_read_a_few_times_however_many_come() => Seed.ForEach(300, random =>
    {
        using var world = new World(random, entries: random.Next(60, 2_000));
        var all = world.Log.Entries;
        // As far back as 1,300 entries, at any sequence, that of other streams' entries too.
        var cursors = Enumerable.Range(0, 200).Select(_ => all[Math.Max(0, all.Count - 1 - random.Next(1_300))].Sequence + (ulong)random.Next(2)).ToList();
        var joins = cursors.ConvertAll(cursor => world.ComeBackAsync(cursor));
        var late = random.Next(2) == 0;
        while (joins.Exists(join => !join.IsCompleted))
        {
            world.Turns.Take(random.Next(1, 6));
            // The stream goes on meanwhile, and comments are taken back.
            if (random.Next(4) == 0)
                world.Append(random);
            if (late && random.Next(10) == 0)
                joins.Add(world.ComeBackAsync(cursors[random.Next(cursors.Count)]));
        }

        world.Turns.TakeAll();
        for (var index = 0; index < cursors.Count; index++)
            world.Check(cursors[index], World.Of(joins[index]));
        // Two or three that opened the room; a few twice as far each; and where a thousand entries end is found by halves.
        Assert.InRange(world.Log.Readers, 0, 50);
        Assert.Empty(world.Log.OpenReaders);
    });

    [Fact]
    public void What_was_too_far_for_one_is_looked_for_no_more()
    {
        using var world = new World(new Random(1), entries: 3_000);
        var first = world.ComeBackAsync(10);
        world.Turns.TakeAll();
        Assert.Equal(ResetReasons.TooFarBehind, World.Of(first).Catchup.Reset);
        var readers = world.Log.Readers;
        var others = Enumerable.Range(1, 10).Select(cursor => world.ComeBackAsync((ulong)cursor)).ToList();
        world.Turns.TakeAll();
        Assert.All(others, other => Assert.Equal(ResetReasons.TooFarBehind, World.Of(other).Catchup.Reset));
        Assert.Equal(readers, world.Log.Readers);
    }

    [Fact]
    public void When_the_log_does_not_answer_those_who_wait_are_told_so_and_the_next_are_not()
    {
        using var world = new World(new Random(1), entries: 400);
        world.Network.IsAway = true;
        var refused = Enumerable.Range(1, 10).Select(cursor => world.ComeBackAsync((ulong)cursor + 20)).ToList();
        world.Turns.TakeAll();
        Assert.All(refused, join => Assert.True(join.IsFaulted));
        world.Network.IsAway = false;
        var served = world.ComeBackAsync(21);
        world.Turns.TakeAll();
        world.Check(21, World.Of(served));
    }

    private sealed class World : IDisposable
    {
        private readonly Room _room;
        private readonly FurtherPast _past;

        public World(Random random, int entries)
        {
            Network = new FakeNetwork(random);
            Network.Heal();
            Log = new FakeLog(1, [Network]);
            Log.AppendCreated();
            while (Log.Entries.Count < entries)
                Append(random);
            var newest = Past.ReadAsync(Log.HandleFor(Network), RoomEntries.StreamId, Log.Entries[^1], CancellationToken.None);
            Turns.TakeAll();
            var past = Of(newest);
            _room = new Room(RoomEntries.StreamId, 1, past, past[0].EventType == LogEventTypes.StreamCreated, new ManualTimeProvider(), AllShown);
            _past = new FurtherPast(_room, Log.HandleFor(Network));
        }

        /// <summary>What came of it, once all turns are taken.</summary>
        public static T Of<T>(Task<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("It is not done.");

        public Turns Turns { get; } = new();

        public FakeNetwork Network { get; }

        public FakeLog Log { get; }

        public void Append(Random random)
        {
            if (random.Next(3) == 0)
                Log.AppendOthers(random.Next(1, 4));
            var entry = random.Next(20) switch
            {
                0 => Log.Append(sequence => RoomEntries.StreamReaction(sequence, ReactionTypes.Like, 1)),
                1 when Log.Entries.Where(entry => entry.EventType == LogEventTypes.CommentPosted).ToList() is [_, ..] comments => Log.Append(sequence => RoomEntries.Removal(sequence, comments[random.Next(comments.Count)].Sequence)),
                _ => Log.Append(sequence => RoomEntries.Comment(sequence, RoomEntries.CommentOf(sequence))),
            };
            _room?.Add(entry);
        }

        public async Task<(Frame At, Catchup Catchup)> ComeBackAsync(ulong cursor) =>
            (await Resume.FindAsync(_room, _room.Enter(), _past, new ResumePoint(new Cursor(1, cursor)), CancellationToken.None)).Take();

        /// <summary>It has all that lies between its cursor and where it goes on, but what was taken back up to there; or more than can be sent is missing.</summary>
        public void Check(ulong cursor, (Frame At, Catchup Catchup) beginning)
        {
            var (at, catchup) = beginning;
            var missed = Log.Entries.Where(entry => entry.Sequence > cursor && entry.Sequence <= at.LastSequence && !Reactions.IsOne(entry)).ToList();
            if (catchup.Reset is { } reason)
            {
                Assert.Equal(ResetReasons.TooFarBehind, reason);
                // The entry at the cursor may be one of those that the room holds.
                Assert.True(missed.Count >= Limits.MaxResumeEvents, $"Only {missed.Count} entries were missed after {cursor}.");
                return;
            }

            Assert.Equal(Removals.Apply(missed, 1).Select(entry => entry.Sequence), catchup.Entries.Select(entry => entry.Sequence));
        }

        public void Dispose()
        {
            _room.Dispose();
            Turns.Dispose();
        }
    }
}
