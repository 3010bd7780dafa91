using System.Buffers;
using System.Text;
using LiveComments.Contracts;
using LiveComments.Fanout.Feed;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Rooms;

namespace LiveComments.UnitTests.Transports;

/// <summary>What thousands get who come between two frames is encoded once, and is what each of them alone would get.</summary>
public sealed class FirstSightTests
{
    private static readonly LogHandle Log = new(0, 1, null!);

    [Fact]
    public void Whoever_comes_whenever_is_shown_the_newest_and_nothing_that_was_taken_back() => Seed.ForEach(300, random =>
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, clock, new RoomOptions { MaxCommentsPerSecond = random.Next(1, 10) });
        var sequence = 1ul;
        for (var step = random.Next(1, 60); step > 0; step--)
        {
            switch (random.Next(5))
            {
                case 0 when sequence > 2:
                    room.Add(RoomEntries.Removal(++sequence, (ulong)random.NextInt64(2, (long)sequence)));
                    break;
                case 1:
                    clock.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
                    break;
                case 2:
                    room.Announce(new WireMessage(ServerMessageTypes.ViewerCount, null, Encoding.UTF8.GetBytes($"{{\"type\":\"viewer_count\",\"payload\":{{\"count\":{step}}}}}")));
                    break;
                default:
                    room.Add(RoomEntries.Comment(++sequence, RoomEntries.CommentOf(sequence)));
                    break;
            }

            for (var viewers = random.Next(3); viewers > 0; viewers--)
                Check(room, random.Next(2) == 0 ? null : new User("u", "u-name", "u", null, Roles.User));
        }
    });

    private static void Check(Room room, User? viewer)
    {
        var entrance = room.Enter();
        // Who starts afresh asks the log for nothing.
        var (at, catchup) = Resume.FindAsync(room, entrance, new FurtherPast(room, Log), null, CancellationToken.None).GetAwaiter().GetResult().Take();
        var output = new ArrayBufferWriter<byte>();
        catchup.WriteSse(output, room, at, viewer);
        Assert.Equal(Encoding.UTF8.GetString(SseEncoding.Encode(catchup.Messages(room, at, viewer)).Span), Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
