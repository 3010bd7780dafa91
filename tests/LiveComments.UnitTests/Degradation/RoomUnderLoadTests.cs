using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Rooms;
using static LiveComments.UnitTests.Rooms.RoomEntries;

namespace LiveComments.UnitTests.Degradation;

/// <summary>What a level does to a room and its viewers.</summary>
public sealed class RoomUnderLoadTests : IDisposable
{
    private const int Shown = 40;

    private readonly ManualTimeProvider _clock = new();
    private readonly DegradationState _state = new();
    private readonly Room _room;

    public RoomUnderLoadTests()
    {
        var stream = new LiveStream { Id = RoomEntries.StreamId, Title = "A test", CreatorId = "ada", Status = StreamStatus.Live, StartedAt = 1 };
        _room = new Room(RoomEntries.StreamId, 1, [State(1, LogEventTypes.StreamCreated, stream)], pastIsWhole: true, _clock, new RoomOptions { MaxCommentsPerSecond = Shown })
        {
            Effects = new NodeEffects(_state, new EffectsOptions()),
        };
    }

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData(DegradationLevel.Normal, 100)]
    [InlineData(DegradationLevel.Busy, 200)]
    [InlineData(DegradationLevel.Strained, 400)]
    [InlineData(DegradationLevel.Shedding, 800)]
    public void The_higher_the_level_the_longer_comments_are_gathered(DegradationLevel level, int milliseconds)
    {
        _state.Set(level);
        Post(2);
        var first = _room.Newest;
        Assert.Equal(2ul, first.LastSequence);
        Post(3);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Same(first, _room.Newest);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3ul, _room.Newest.LastSequence);
    }

    [Fact]
    public void Viewers_are_told_of_each_change_and_who_comes_is_told_while_it_is_not_as_always()
    {
        var before = _room.Newest;
        _state.Set(DegradationLevel.Strained);
        _room.TellLoad();
        Assert.Equal(new StreamLoad(LoadLevels.Strained, 400, Shown / 2), LoadIn(Assert.Single(before.NextIfAny!.Messages)));
        Assert.Null(before.NextIfAny.Messages[0].Cursor);
        Assert.Equal(LoadLevels.Strained, LoadIn(Assert.Single(_room.Enter().Notices))!.Level);

        var strained = _room.Newest;
        _state.Set(DegradationLevel.Normal);
        _room.TellLoad();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new StreamLoad(LoadLevels.Normal, 100, Shown), LoadIn(Assert.Single(strained.NextIfAny!.Messages)));
        Assert.Empty(_room.Enter().Notices);
    }

    [Fact]
    public void What_is_said_of_the_load_never_says_that_an_ended_stream_is_live()
    {
        // Something has just gone out, so what comes now waits.
        Post(2);
        var before = _room.Newest;
        _state.Set(DegradationLevel.Busy);
        _room.TellLoad();
        _room.Add(State(3, LogEventTypes.StreamEnded, new LiveStream { Id = RoomEntries.StreamId, Title = "A test", CreatorId = "ada", Status = StreamStatus.Ended, StartedAt = 1, EndedAt = 2 }));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.All(before.NextIfAny!.Messages, message => Assert.Equal(StreamStatus.Ended, StateIn(message).Status));
        Assert.Equal(2, before.NextIfAny.Messages.Count);
        Assert.Equal(StreamStatus.Ended, StateIn(Assert.Single(_room.Enter().Notices)).Status);
    }

    [Fact]
    public void A_room_of_a_stream_that_the_log_forgot_tells_of_the_level_as_soon_as_it_knows_what_the_stream_is()
    {
        using var room = new Room(RoomEntries.StreamId, 1, [Comment(1, CommentOf(1))], pastIsWhole: false, _clock) { Effects = new NodeEffects(_state, new EffectsOptions()) };
        var before = room.Newest;
        _state.Set(DegradationLevel.Busy);
        room.TellLoad();
        Assert.Empty(room.Enter().Notices);
        Assert.Null(before.NextIfAny);

        room.Learn(new LiveStream { Id = RoomEntries.StreamId, Title = "An old one", CreatorId = "ada", Status = StreamStatus.Live, StartedAt = 1 });
        Assert.Equal(LoadLevels.Busy, LoadIn(Assert.Single(before.NextIfAny!.Messages))!.Level);
        Assert.Equal("An old one", StateIn(Assert.Single(room.Enter().Notices)).Title);
        // What the log says is newer than what anybody else says.
        room.Add(State(2, LogEventTypes.StreamEnded, new LiveStream { Id = RoomEntries.StreamId, Title = "An old one", CreatorId = "ada", Status = StreamStatus.Ended, StartedAt = 1, EndedAt = 2 }));
        room.Learn(new LiveStream { Id = RoomEntries.StreamId, Title = "An old one", CreatorId = "ada", Status = StreamStatus.Live, StartedAt = 1 });
        Assert.Equal(StreamStatus.Ended, StateIn(Assert.Single(room.Enter().Notices)).Status);
    }

    [Fact]
    public void Who_comes_is_given_less_of_what_was_before_and_a_resume_is_whole_all_the_same()
    {
        for (var sequence = 2ul; sequence < 100; sequence++)
            Post(sequence);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Limits.BackfillComments, Backfill());
        _state.Set(DegradationLevel.Shedding);
        Assert.Equal(10, Backfill());
        Assert.Equal(99, _room.Enter().Retained.Entries.Count);

        int Backfill() => _room.Enter() is var entrance ? entrance.Retained.NewestCommentsUpTo(entrance.BackfillComments).Count : 0;
    }

    [Fact]
    public void A_smaller_share_of_a_fast_stream_is_part_of_what_is_shown_otherwise()
    {
        var entries = Enumerable.Range(2, 1_000).Select(number => Comment((ulong)number, CommentOf((ulong)number, createdAt: number))).ToList();
        var usually = Omitted();
        _state.Set(DegradationLevel.Shedding);
        var now = Omitted();
        Assert.True(now.IsProperSupersetOf(usually));

        HashSet<ulong> Omitted() => Sample.Of(_room.OmissionsOf(entries)) is { } sample ? [.. entries.Select(entry => entry.Sequence).Where(sequence => sample.Omits(sequence, viewer: null))] : [];
    }

    private void Post(ulong sequence) => _room.Add(Comment(sequence, CommentOf(sequence, createdAt: (long)sequence * 1_000)));

    private static LogEntry State(ulong sequence, string type, LiveStream stream) => new(RoomEntries.StreamId, sequence, type, JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream), null);

    private static StreamLoad? LoadIn(WireMessage message) => StateIn(message).Load;

    private static StreamState StateIn(WireMessage message) => JsonSerializer.Deserialize(message.Json.Span, ContractsJson.Wire.ServerMessageStreamState)!.Payload;
}
