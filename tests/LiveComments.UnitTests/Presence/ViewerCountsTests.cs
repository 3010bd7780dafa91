using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Presence;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Presence;

public sealed class ViewerCountsTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ViewerCounts _counts;

    public ViewerCountsTests() => _counts = new ViewerCounts(_clock);

    [Fact]
    public void A_stream_has_the_viewers_of_all_nodes()
    {
        Hear("a", ("s", 3), ("t", 1));
        Hear("b", ("s", 4));
        Assert.Equal((7, 1, 0), (_counts.Of("s"), _counts.Of("t"), _counts.Of("u")));
        Assert.Equal(["s 7", "t 1"], _counts.All().Select(room => $"{room.StreamId} {room.Viewers}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_count_is_whole_and_not_a_change()
    {
        Hear("a", ("s", 3));
        Hear("a", ("s", 3));
        Hear("a", ("s", 5));
        Assert.Equal(5, _counts.Of("s"));
        Hear("a", ("s", 0));
        Assert.Equal(0, _counts.Of("s"));
        Assert.Empty(_counts.All());
    }

    [Fact]
    public void A_node_that_fell_silent_counts_no_longer()
    {
        Hear("dead", ("s", 3), ("t", 9));
        for (var repeat = 0; repeat < 2; repeat++)
        {
            _clock.Advance(PresenceAnnouncement.RepeatInterval);
            Hear("alive", ("s", 4));
        }

        Assert.Equal(7, _counts.Of("s"));
        _clock.Advance(PresenceAnnouncement.Lifetime - 2 * PresenceAnnouncement.RepeatInterval);
        Assert.Equal((4, 0), (_counts.Of("s"), _counts.Of("t")));
        Assert.Equal("s", Assert.Single(_counts.All()).StreamId);
    }

    [Fact]
    public void A_node_that_says_goodbye_is_gone_at_once()
    {
        Hear("a", ("s", 3), ("t", 1));
        Hear("b", ("s", 4));
        _counts.Hear(new PresenceAnnouncement("a", [], IsLeaving: true));
        Assert.Equal((4, 0), (_counts.Of("s"), _counts.Of("t")));
    }

    private void Hear(string node, params (string StreamId, int Viewers)[] rooms) =>
        _counts.Hear(new PresenceAnnouncement(node, [.. rooms.Select(room => new RoomPresence(room.StreamId, room.Viewers))]));
}
