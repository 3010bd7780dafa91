using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Rooms;

public sealed class CalmPaceTests
{
    private const int Viewers = 5_000;

    private readonly ManualTimeProvider _clock = new();
    private readonly NodeAudience _audience = new();

    [Fact]
    public void A_calm_room_sends_each_comment_at_once()
    {
        using var room = NewRoom(Viewers);
        var at = room.Newest;
        for (var sequence = 2ul; sequence < 102; sequence++)
        {
            room.Add(Comment(sequence));
            at = Assert.Single(FramesAfter(at));
            Assert.Equal(sequence, Assert.Single(at.Entries).Sequence);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public void A_fast_room_gathers_for_its_interval_as_long_as_it_is_fast_and_is_calm_soon_after()
    {
        using var room = NewRoom(Viewers);
        var sequence = 2ul;
        void AddFor(TimeSpan time)
        {
            for (; time > TimeSpan.Zero; time -= TimeSpan.FromMilliseconds(10), _clock.Advance(TimeSpan.FromMilliseconds(10)))
                room.Add(Comment(sequence++));
        }

        AddFor(TimeSpan.FromSeconds(1));
        var at = room.Newest;
        AddFor(TimeSpan.FromSeconds(10));
        var frames = FramesAfter(at);
        Assert.Equal(50, frames.Count);
        Assert.All(frames, frame => Assert.Equal(20, frame.Entries.Count));

        _clock.Advance(TimeSpan.FromMilliseconds(500));
        at = room.Newest;
        room.Add(Comment(sequence++));
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        room.Add(Comment(sequence));
        Assert.Equal(2, FramesAfter(at).Count);
    }

    [Fact]
    public void However_many_rooms_and_viewers_comments_sent_alone_stay_within_the_sends_of_the_node() => Seed.ForEach(300, random =>
    {
        var clock = new ManualTimeProvider();
        var audience = new NodeAudience();
        var options = new BatchOptions { ImmediateSendsPerSecond = random.Next(1, 100_000) };
        var rooms = Enumerable.Range(0, random.Next(1, 8)).Select(_ => (Pace: new CalmPace(options, audience, clock), Viewers: random.Next(1, 5_000), Rate: random.NextDouble())).ToList();
        audience.Arrived(rooms.Sum(room => room.Viewers));
        var sends = 0L;
        var burst = 3L * audience.Sends;
        for (var step = 1; step <= 2_000; step++)
        {
            foreach (var room in rooms.Where(room => random.NextDouble() < room.Rate))
                sends += room.Pace.Take() ? room.Viewers : 0;
            clock.Advance(TimeSpan.FromMilliseconds(10));
            Assert.InRange(sends, 0, burst + (long)(options.ImmediateSendsPerSecond * (step / 100.0)) + 1);
        }
    });

    [Fact]
    public void Zero_gathers_always()
    {
        using var room = NewRoom(viewers: 1, new BatchOptions { ImmediateSendsPerSecond = 0 });
        var at = room.Newest;
        room.Add(Comment(2));
        room.Add(Comment(3));
        Assert.Single(FramesAfter(at));
    }

    private static LogEntry Comment(ulong sequence) => RoomEntries.Comment(sequence, RoomEntries.CommentOf(sequence));

    private static List<Frame> FramesAfter(Frame frame)
    {
        var frames = new List<Frame>();
        while (frame.NextIfAny is { } next)
            frames.Add(frame = next);
        return frames;
    }

    private Room NewRoom(int viewers, BatchOptions? pace = null)
    {
        _audience.Arrived(viewers);
        pace ??= BatchOptions.Default;
        return new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, _clock, calm: new CalmPace(pace, _audience, _clock)) { Pace = pace, ViewerCount = viewers };
    }
}
