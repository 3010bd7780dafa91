using LiveComments.Contracts;
using LiveComments.Fanout.Presence;
using LiveComments.ServiceDefaults.Presence;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Presence;

public sealed class PresenceRoundsTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly PresenceRounds _rounds;

    public PresenceRoundsTests() => _rounds = new PresenceRounds(_clock);

    [Fact]
    public void What_changed_is_said_and_what_did_not_is_said_again_in_time()
    {
        Assert.Equal(["s 1", "t 2"], Due(("s", 1), ("t", 2)));
        _clock.Advance(PresenceAnnouncement.ChangeInterval);
        Assert.Equal(["s 3"], Due(("s", 3), ("t", 2)));
        _clock.Advance(PresenceAnnouncement.RepeatInterval - PresenceAnnouncement.ChangeInterval);
        Assert.Equal(["t 2"], Due(("s", 3), ("t", 2)));
    }

    [Fact]
    public void A_room_that_is_gone_or_empty_is_said_to_be_empty_once()
    {
        Due(("s", 1), ("t", 2));
        Assert.Equal(["s 0", "t 0"], Due(("t", 0)));
        Assert.Empty(Due(("t", 0)));
        _clock.Advance(PresenceAnnouncement.RepeatInterval);
        Assert.Empty(Due(("t", 0)));
    }

    [Fact]
    public void What_could_not_be_said_is_due_again()
    {
        Due(("s", 1));
        _rounds.SayAllAgain();
        Assert.Equal(["s 1"], Due(("s", 1)));
    }

    [Fact]
    public void Who_hears_every_third_round_is_right_again_within_a_lifetime() => Seed.ForEach(100, random =>
    {
        var clock = new ManualTimeProvider();
        var (rounds, counts) = (new PresenceRounds(clock), new ViewerCounts(clock));
        var rooms = Enumerable.Range(0, 5).Select(room => new RoomPresence($"s{room}", 0)).ToArray();
        for (var round = 0; round < 40; round++)
        {
            rooms[random.Next(rooms.Length)] = rooms[random.Next(rooms.Length)] with { Viewers = random.Next(3) };
            var distinct = rooms.DistinctBy(room => room.StreamId).ToList();
            var due = rounds.Due(distinct);
            if (random.Next(3) == 0)
                counts.Hear(new PresenceAnnouncement("node", due));
            clock.Advance(PresenceAnnouncement.ChangeInterval);
        }

        var last = rooms.DistinctBy(room => room.StreamId).ToList();
        for (var quiet = TimeSpan.Zero; quiet <= PresenceAnnouncement.Lifetime; quiet += PresenceAnnouncement.ChangeInterval)
        {
            counts.Hear(new PresenceAnnouncement("node", rounds.Due(last)));
            clock.Advance(PresenceAnnouncement.ChangeInterval);
        }

        Assert.All(last, room => Assert.Equal(room.Viewers, counts.Of(room.StreamId)));
    });

    private IEnumerable<string> Due(params (string StreamId, int Viewers)[] rooms) =>
        _rounds.Due([.. rooms.Select(room => new RoomPresence(room.StreamId, room.Viewers))]).Select(room => $"{room.StreamId} {room.Viewers}").Order(StringComparer.Ordinal);
}
