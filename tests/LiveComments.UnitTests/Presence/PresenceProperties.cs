using LiveComments.Contracts;
using LiveComments.Fanout.Presence;
using LiveComments.ServiceDefaults.Presence;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Presence;

/// <summary>Several nodes that come, stop and die, over a network that loses, repeats and reorders what they say.</summary>
public sealed class PresenceProperties
{
    // The last thing that was said late may be wrong until the node says it again.
    private static readonly TimeSpan RightAgain = PresenceAnnouncement.RepeatInterval + PresenceAnnouncement.ChangeInterval;

    [Fact]
    public void Counts_are_right_again_soon_after_the_network_is_well_and_the_dead_are_gone_in_time() => Seed.ForEach(1_500, random =>
    {
        var clock = new ManualTimeProvider();
        var counts = new ViewerCounts(clock);
        var nodes = Enumerable.Range(0, random.Next(1, 4)).Select(number => new Node($"n{number}", clock)).ToList();
        var late = new List<PresenceAnnouncement>();
        for (var round = random.Next(40); round > 0; round--)
        {
            foreach (var node in nodes)
            {
                node.Change(random);
                foreach (var said in node.Say(leaves: random.Next(60) == 0))
                {
                    var fate = random.Next(6);
                    // Who could not say it knows, and says all of it again.
                    if (fate == 0)
                        node.WasNotHeard();
                    if (fate is 1 or 2)
                        late.Add(said);
                    if (fate > 1)
                        counts.Hear(said);
                }
            }

            while (late.Count > 0 && random.Next(3) == 0)
            {
                var index = random.Next(late.Count);
                counts.Hear(late[index]);
                late.RemoveAt(index);
            }

            if (nodes.Count > 0 && random.Next(40) == 0)
                nodes.RemoveAt(random.Next(nodes.Count));
            Assert.All(counts.All(), room => Assert.True(room.Viewers > 0));
            clock.Advance(PresenceAnnouncement.ChangeInterval);
        }

        late.ForEach(counts.Hear);
        for (var well = TimeSpan.Zero; well <= PresenceAnnouncement.Lifetime; well += PresenceAnnouncement.ChangeInterval)
        {
            foreach (var said in nodes.SelectMany(node => node.Say(leaves: false)))
                counts.Hear(said);
            clock.Advance(PresenceAnnouncement.ChangeInterval);
            // The dead may count until their time is over, the living are right before that.
            if (well >= RightAgain)
                Assert.All(nodes, node => Assert.All(node.Rooms, room => Assert.True(counts.Of(room.Key) >= room.Value)));
        }

        for (var stream = 0; stream < Node.Streams; stream++)
            Assert.Equal(nodes.Sum(node => node.Rooms.GetValueOrDefault($"s{stream}")), counts.Of($"s{stream}"));
        Assert.Equal(nodes.Sum(node => node.Rooms.Values.Sum()), counts.All().Sum(room => room.Viewers));
    });

    private sealed class Node(string id, TimeProvider clock)
    {
        public const int Streams = 4;

        private PresenceRounds _rounds = new(clock);
        private int _starts;

        public Dictionary<string, int> Rooms { get; } = [];

        public void Change(Random random)
        {
            if (random.Next(2) == 0)
                Rooms[$"s{random.Next(Streams)}"] = random.Next(4);
        }

        /// <summary>What is due; or its last word, and then it comes back as another.</summary>
        public IEnumerable<PresenceAnnouncement> Say(bool leaves)
        {
            if (!leaves)
            {
                var due = _rounds.Due([.. Rooms.Select(room => new RoomPresence(room.Key, room.Value))]);
                return due.Count == 0 ? [] : [new PresenceAnnouncement($"{id}-{_starts}", due)];
            }

            var last = new PresenceAnnouncement($"{id}-{_starts++}", [], IsLeaving: true);
            _rounds = new PresenceRounds(clock);
            Rooms.Clear();
            return [last];
        }

        public void WasNotHeard() => _rounds.SayAllAgain();
    }
}
