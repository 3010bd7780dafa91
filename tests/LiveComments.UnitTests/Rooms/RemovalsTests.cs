using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;
using NATS.Client.Core;
using static LiveComments.UnitTests.Rooms.RoomEntries;

namespace LiveComments.UnitTests.Rooms;

/// <summary>What was hidden and brought back is shown from where it lies now; what was deleted nowhere.</summary>
public sealed class RemovalsTests
{
    [Fact]
    public void A_hidden_comment_is_shown_from_where_it_came_back()
    {
        LogEntry[] entries = [Created(1), Comment(2, CommentOf(2)), Hidden(3, "2", 2), Restored(4, "2", 2), Hidden(5, "2", 4), Restored(6, "2", 4), Comment(7, CommentOf(7))];
        Assert.Equal([1ul, 3, 5, 6, 7], Removals.Apply(entries, 1).Select(entry => entry.Sequence));
        Assert.Equal([1ul, 3, 4], Removals.Apply(entries[..4], 1).Select(entry => entry.Sequence));
        Assert.Equal([1ul, 3, 5], Removals.Apply(entries[..5], 1).Select(entry => entry.Sequence));
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(4, 3)]
    public void A_deletion_of_where_a_comment_lay_removes_it_from_where_it_came_back_too(ulong deletion, ulong restoration)
    {
        LogEntry[] entries = [Comment(2, CommentOf(2)), Removal(deletion, 2), Restored(restoration, "2", 2), Comment(7, CommentOf(7))];
        Assert.Equal([deletion, 7ul], Removals.Apply([.. entries.OrderBy(entry => entry.Sequence)], 1).Select(entry => entry.Sequence));
    }

    [Fact]
    public void A_room_forgets_what_was_brought_back_and_deleted_at_its_old_place()
    {
        using var room = new Room("s", 1, [Created(1)], pastIsWhole: true, new ManualTimeProvider());
        foreach (var entry in new[] { Comment(2, CommentOf(2)), Hidden(3, "2", 2), Restored(4, "2", 2) })
            room.Add(entry);
        Assert.Equal(1, room.CommentBalance);
        room.Add(Removal(5, 2));
        Assert.DoesNotContain(room.Enter().Retained.Entries, entry => entry.EventType == LogEventTypes.CommentPosted);
        Assert.Equal(0, room.CommentBalance);
    }

    private static LogEntry Hidden(ulong sequence, string id, ulong target) =>
        new("s", sequence, LogEventTypes.CommentHidden, JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved("s", id), ContractsJson.Wire.CommentRemoved), new NatsHeaders { [LogHeaders.Removes] = $"1-{target}" });

    private static LogEntry Restored(ulong sequence, string id, ulong target) =>
        Comment(sequence, CommentOf(sequence) with { Id = id, RestoredFrom = $"1-{target}" }) with { Headers = new NatsHeaders { [LogHeaders.Restores] = $"1-{target}" } };
}
