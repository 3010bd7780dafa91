using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Rooms;

public sealed class RoomTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void The_first_entry_after_a_quiet_spell_goes_out_at_once()
    {
        using var room = NewRoom();
        var start = room.Newest;
        room.Add(Comment(2));
        Assert.Equal([2ul], Sequences(Assert.Single(FramesAfter(start))));
    }

    [Fact]
    public void Entries_within_the_interval_go_out_together_when_it_is_over()
    {
        using var room = NewRoom();
        var start = room.Newest;
        room.Add(Comment(2));
        room.Add(Comment(3));
        room.Add(Comment(5));
        Assert.Single(FramesAfter(start));
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Single(FramesAfter(start));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([[2ul], [3ul, 5ul]], FramesAfter(start).Select(Sequences));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(1_000, 200)]
    [InlineData(10_000, 250)]
    [InlineData(100_000, 500)]
    public void The_more_watch_the_longer_comments_are_gathered(int viewers, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), BatchInterval.For(viewers));

    [Fact]
    public void The_pace_can_be_set_and_zero_gathers_nothing()
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [Created(1)], pastIsWhole: true, clock) { Pace = new BatchOptions { Under1000 = TimeSpan.Zero } };
        var start = room.Newest;
        room.Add(Comment(2));
        room.Add(Comment(3));
        Assert.Equal([[2ul], [3ul]], FramesAfter(start).Select(Sequences));
    }

    [Fact]
    public void Whatever_the_pace_every_entry_goes_out_once_in_order_and_frames_join_up() => Seed.ForEach(300, random =>
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [Created(1)], pastIsWhole: true, clock);
        room.ViewerCount = random.Next(20_000);
        var start = room.Newest;
        var added = new List<ulong>();
        var sequence = 1ul;
        for (var count = random.Next(200); count > 0; count--)
        {
            sequence += (ulong)random.Next(1, 5);
            room.Add(Comment(sequence));
            added.Add(sequence);
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(400) : 0));
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        var frames = FramesAfter(start);
        Assert.Equal(added, frames.SelectMany(Sequences));
        var previous = 1ul;
        foreach (var frame in frames)
        {
            Assert.Equal(previous, frame.PreviousSequence);
            previous = frame.LastSequence;
        }
    });

    [Fact]
    public void Nothing_waits_longer_than_the_interval_and_no_two_frames_are_closer_unless_something_is_taken_back() => Seed.ForEach(1_500, random =>
    {
        var clock = new ManualTimeProvider();
        using var room = new Room("s", 1, [Created(1)], pastIsWhole: true, clock) { ViewerCount = random.Next(20_000) };
        var interval = BatchInterval.For(room.ViewerCount);
        var at = room.Newest;
        var addedAt = new Dictionary<ulong, long>();
        Frame? last = null;
        for (var sequence = 2ul; sequence < 30; sequence++)
        {
            addedAt[sequence] = clock.GetTimestamp();
            room.Add(random.Next(10) == 0 ? RoomEntries.Removal(sequence, sequence - 1) : Comment(sequence));
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(2) * random.Next(300)));
            foreach (var frame in FramesAfter(at))
            {
                Assert.All(frame.Entries, entry => Assert.True(clock.GetElapsedTime(addedAt[entry.Sequence], frame.CreatedAt) <= interval));
                Assert.True(last is null || clock.GetElapsedTime(last.CreatedAt, frame.CreatedAt) >= interval || frame.Entries[^1].EventType == LogEventTypes.CommentDeleted);
                at = last = frame;
            }
        }
    });

    [Fact]
    public void An_entry_out_of_order_is_a_surprise()
    {
        using var room = NewRoom();
        room.Add(Comment(5));
        Assert.Throws<InvalidDataException>(() => room.Add(Comment(5)));
        Assert.Throws<InvalidDataException>(() => room.Add(Comment(4)));
    }

    [Fact]
    public void Who_enters_gets_what_was_sent_and_not_what_waits()
    {
        using var room = NewRoom();
        room.Add(Comment(2));
        room.Add(Comment(3));
        var entrance = room.Enter();
        Assert.Equal([1ul, 2ul], entrance.Retained.Entries.Select(entry => entry.Sequence));
        Assert.Equal(2ul, entrance.At.LastSequence);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([3ul], Sequences(Assert.Single(FramesAfter(entrance.At))));
    }

    [Fact]
    public void Closing_sends_everybody_away()
    {
        var room = NewRoom();
        var at = room.Newest;
        room.Dispose();
        Assert.True(at.Next.IsCanceled);
    }

    [Fact]
    public void A_frame_is_well_formed_server_sent_events()
    {
        var sse = Encoding.UTF8.GetString(SseEncoding.Encode("s", 2, [Comment(7), Comment(9), new LogEntry("s", 10, "from.the.future", "{}"u8.ToArray(), null)], 5, isBackfill: false).Span);
        var events = sse.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var lines = Assert.Single(events).Split('\n');
        Assert.Equal("id: 2-10", lines[0]);
        Assert.Equal("event: comments_batch", lines[1]);
        using var message = JsonDocument.Parse(lines[2]["data: ".Length..]);
        var batch = message.RootElement.GetProperty("payload").Deserialize(ContractsJson.Default.CommentsBatch)!;
        Assert.Equal("comments_batch", message.RootElement.GetProperty("type").GetString());
        Assert.Equal(["7", "9"], batch.Comments.Select(comment => comment.Id));
        Assert.Equal(("2-10", "2-5"), (batch.Cursor, batch.PreviousCursor));
    }

    [Fact]
    public void The_state_of_a_stream_is_the_stream_and_names_it_as_every_message_does()
    {
        var stream = new LiveStream { Id = "s", Title = "t", CreatorId = "u", Status = StreamStatus.Ended, StartedAt = 1, EndedAt = 2 };
        var entry = new LogEntry("s", 7, LogEventTypes.StreamEnded, JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream), null);
        var lines = Encoding.UTF8.GetString(SseEncoding.Encode("s", 1, [entry], 5, isBackfill: false).Span).Split('\n');
        Assert.Equal(["id: 1-7", "event: stream_state"], lines[..2]);
        var message = JsonSerializer.Deserialize(lines[2]["data: ".Length..], ContractsJson.Default.ServerMessageStreamState)!;
        Assert.Equal(("s", stream.Id, stream.Title, stream.Status, stream.EndedAt), (message.Payload.StreamId, message.Payload.Id, message.Payload.Title, message.Payload.Status, message.Payload.EndedAt));
    }

    [Fact]
    public void A_line_break_in_the_log_never_becomes_an_event_of_its_own() =>
        Assert.Throws<InvalidDataException>(() => SseEncoding.Encode("s", 1, [new LogEntry("s", 2, LogEventTypes.CommentPosted, "{}\n\nevent: evil"u8.ToArray(), null)], 1, false));

    [Fact]
    public void A_removal_waits_for_no_batch_and_what_waited_goes_along_without_what_it_removes()
    {
        using var room = NewRoom();
        var start = room.Newest;
        room.Add(Comment(2));
        room.Add(Comment(3));
        room.Add(Comment(4));
        room.Add(Removal(5, "1-4"));
        Assert.Equal([[2ul], [3ul, 5ul]], FramesAfter(start).Select(Sequences));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, FramesAfter(start).Count);
    }

    [Fact]
    public void Who_enters_is_not_given_what_was_removed()
    {
        using var room = new Room("s", 1, [Created(1), Comment(2), Comment(3), Removal(4, "1-2")], pastIsWhole: true, _clock);
        Assert.Equal([1ul, 3ul, 4ul], room.Enter().Retained.Entries.Select(entry => entry.Sequence));
        room.Add(Comment(5));
        room.Add(Removal(6, "1-3"));
        Assert.Equal([1ul, 4ul, 5ul, 6ul], room.Enter().Retained.Entries.Select(entry => entry.Sequence));
    }

    [Fact]
    public void A_removal_of_another_epoch_removes_nothing_here_and_is_sent_all_the_same()
    {
        using var room = NewRoom();
        var start = room.Newest;
        room.Add(Comment(2));
        room.Add(Removal(3, "7-2"));
        Assert.Equal([1ul, 2ul, 3ul], room.Enter().Retained.Entries.Select(entry => entry.Sequence));
        var sse = Encoding.UTF8.GetString(FramesAfter(start)[1].Sse.Span);
        Assert.Equal("id: 1-3\nevent: comment_removed\ndata: {\"type\":\"comment_removed\",\"payload\":{\"streamId\":\"s\",\"commentId\":\"2\"}}\n\n", sse);
    }

    [Theory]
    [InlineData(LogEventTypes.StreamReacted)]
    [InlineData(LogEventTypes.CommentReacted)]
    public void Reactions_pass_a_room_by_and_take_the_place_of_nothing(string type)
    {
        using var room = new Room("s", 1, [Created(1), new LogEntry("s", 2, type, "{}"u8.ToArray(), null)], pastIsWhole: true, _clock);
        var start = room.Newest;
        Assert.Equal(2ul, start.LastSequence);
        var sequence = 2ul;
        for (var comment = 0; comment < Limits.BackfillComments; comment++)
        {
            room.Add(Comment(++sequence));
            for (var reaction = 0; reaction < 100; reaction++)
                room.Add(new LogEntry("s", ++sequence, type, "{}"u8.ToArray(), null));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Limits.BackfillComments, room.Enter().Retained.Entries.Count(entry => entry.EventType == LogEventTypes.CommentPosted));
        // Nobody is sent anything for a reaction, and frames join up as if it weren't there.
        var frames = FramesAfter(start);
        Assert.Equal(Limits.BackfillComments, frames.Count);
        Assert.Equal(frames.Select(frame => frame.LastSequence).SkipLast(1), frames.Skip(1).Select(frame => frame.PreviousSequence));
        Assert.Throws<InvalidDataException>(() => room.Add(Comment(sequence)));
    }

    private static LogEntry Removal(ulong sequence, string target)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved("s", target[2..]), ContractsJson.Wire.CommentRemoved);
        return new LogEntry("s", sequence, LogEventTypes.CommentDeleted, body, new NATS.Client.Core.NatsHeaders { [LogHeaders.Removes] = target });
    }

    private Room NewRoom() => new("s", 1, [Created(1)], pastIsWhole: true, _clock);

    private static LogEntry Created(ulong sequence) => new("s", sequence, LogEventTypes.StreamCreated, "{\"id\":\"s\"}"u8.ToArray(), null);

    private static LogEntry Comment(ulong sequence)
    {
        var comment = new Comment { Id = $"{sequence}", StreamId = "s", UserId = "u", Username = "ada", Content = "text\nof two lines 日本", CreatedAt = 1, ReceivedAt = 1 };
        return new LogEntry("s", sequence, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), null);
    }

    private static List<Frame> FramesAfter(Frame frame)
    {
        var frames = new List<Frame>();
        while (frame.Next.IsCompletedSuccessfully)
            frames.Add(frame = frame.Next.GetAwaiter().GetResult());
        return frames;
    }

    private static IEnumerable<ulong> Sequences(Frame frame) => frame.Entries.Select(entry => entry.Sequence);
}
