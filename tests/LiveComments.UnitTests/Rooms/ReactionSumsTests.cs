using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Rooms;

public sealed class ReactionSumsTests
{
    [Fact]
    public void Nothing_is_counted_twice_or_lost_and_viewers_are_told_at_most_twice_a_second() => Seed.ForEach(1_000, random =>
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, clock);
        var at = room.Newest;
        var toldAt = new List<DateTimeOffset>();
        var told = new Dictionary<string, int>();
        var reacted = new Dictionary<string, int>();
        var sequence = 1ul;
        for (var step = random.Next(1, 60); step > 0; step--)
        {
            var type = ReactionTypes.All[random.Next(ReactionTypes.All.Count)];
            switch (random.Next(3))
            {
                case 0:
                    var count = random.Next(1, 100);
                    room.Add(RoomEntries.StreamReaction(++sequence, type, count));
                    reacted[type] = reacted.GetValueOrDefault(type) + count;
                    break;
                case 1:
                    var comment = (ulong)random.Next(1, 4);
                    var isSet = random.Next(2) == 0;
                    room.Add(RoomEntries.CommentReaction(++sequence, comment, type, isSet));
                    reacted[$"{comment}/{type}"] = reacted.GetValueOrDefault($"{comment}/{type}") + (isSet ? 1 : -1);
                    break;
                default:
                    room.Add(RoomEntries.Comment(++sequence, RoomEntries.CommentOf(sequence)));
                    break;
            }

            Take();
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
            Take();
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        Take();
        Assert.Equal(reacted.Where(count => count.Value != 0).OrderBy(count => count.Key), told.Where(count => count.Value != 0).OrderBy(count => count.Key));
        Assert.All(toldAt.Zip(toldAt.Skip(1)), pair => Assert.True(pair.Second - pair.First >= ReactionSums.Interval));

        void Take()
        {
            while (at.Next.IsCompletedSuccessfully)
            {
                at = at.Next.GetAwaiter().GetResult();
                foreach (var message in at.Messages)
                    Add(message, at);
            }
        }

        void Add(WireMessage message, Frame frame)
        {
            if (message.Type == ServerMessageTypes.ReactionsBatch)
            {
                // Of one frame's time only: several of its messages are one telling.
                toldAt.Add(new DateTimeOffset(frame.CreatedAt, TimeSpan.Zero));
                foreach (var (type, count) in JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Default.ServerMessageReactionsBatch)!.Payload.Counts)
                    told[type] = told.GetValueOrDefault(type) + count;
            }
            else if (message.Type == ServerMessageTypes.CommentUpdated)
            {
                var update = JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Default.ServerMessageCommentUpdated)!.Payload;
                foreach (var (type, change) in update.ReactionChanges)
                    told[$"{update.CommentId}/{type}"] = told.GetValueOrDefault($"{update.CommentId}/{type}") + change;
            }
        }
    });

    [Fact]
    public void Reactions_are_no_events_to_resume_from_and_take_no_comments_place()
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, clock);
        room.Add(RoomEntries.Comment(2, RoomEntries.CommentOf(2)));
        for (var sequence = 3ul; sequence < 3_000; sequence++)
            room.Add(RoomEntries.StreamReaction(sequence, ReactionTypes.Like, 1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1ul, 2ul], room.Enter().Retained.Entries.Select(entry => entry.Sequence));
        Assert.Equal(2ul, room.Newest.LastSequence);
    }

    [Fact]
    public void A_broken_reaction_ends_no_room()
    {
        using var room = new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, new ManualTimeProvider());
        var sequence = 1ul;
        foreach (var type in new[] { LogEventTypes.StreamReacted, LogEventTypes.CommentReacted })
        {
            foreach (var body in new[] { "", "{", "[]", "null", "{}", "{\"counts\":null}", "{\"counts\":{\"like\":\"x\"}}" })
                room.Add(new LogEntry("s", ++sequence, type, System.Text.Encoding.UTF8.GetBytes(body), null));
        }

        room.Add(RoomEntries.Comment(++sequence, RoomEntries.CommentOf(sequence)));
        Assert.Equal(sequence, room.Newest.LastSequence);
    }

    [Fact]
    public async Task What_is_announced_comes_with_the_next_frame_the_newest_of_a_kind_alone_and_to_who_comes_later()
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [RoomEntries.Created(1)], pastIsWhole: true, clock);
        room.Add(RoomEntries.Comment(2, RoomEntries.CommentOf(2)));
        var at = room.Newest;
        room.Announce(Viewers(1));
        room.Announce(Viewers(2));
        clock.Advance(TimeSpan.FromSeconds(1));
        var notice = Assert.Single((await at.Next).Messages);
        Assert.Null(notice.Cursor);
        Assert.Equal(2, JsonSerializer.Deserialize(notice.Json.Span, ContractsJson.Default.ServerMessageViewerCount)!.Payload.Count);
        Assert.Equal(notice.Json.ToArray(), Assert.Single(room.Enter().Notices).Json.ToArray());

        static WireMessage Viewers(int count) => new(
            ServerMessageTypes.ViewerCount, null, MessageEncoding.Json(ServerMessageTypes.ViewerCount, new ViewerCount("s", count), ContractsJson.Wire.ServerMessageViewerCount));
    }
}
