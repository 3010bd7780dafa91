using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Rooms;

public sealed class RetainedEntriesTests
{
    [Fact]
    public void Whoever_may_resume_here_gets_exactly_what_came_after_and_nobody_else_may() => Seed.ForEach(150, random =>
    {
        var isWhole = random.Next(2) == 0;
        var sequence = (ulong)random.Next(1, 10);
        var all = new List<LogEntry> { RoomEntries.Created(sequence) };
        var retained = new RetainedEntries([.. all], isWhole);
        var removed = new HashSet<ulong>();
        for (var count = random.Next(3) == 0 ? random.Next(Limits.MaxResumeEvents, Limits.MaxResumeEvents + 300) : random.Next(200); count > 0; count--)
        {
            sequence += (ulong)random.Next(1, 4);
            all.Add(RoomEntries.Unknown(sequence));
            retained.Add(all[^1], omission: null);
            if (random.Next(20) == 0)
            {
                var target = all[random.Next(all.Count)].Sequence;
                retained.RemoveAll(entry => entry.Sequence == target);
                removed.Add(target);
            }

            // Whoever has taken a snapshot keeps it, whatever comes after.
            if (random.Next(100) == 0)
                Check(retained.Snapshot());
        }

        Check(retained.Snapshot());

        void Check(Retained snapshot)
        {
            Assert.InRange(snapshot.Entries.Count, 0, Limits.MaxResumeEvents);
            var expected = all.Where(entry => entry.Sequence > snapshot.After && !removed.Contains(entry.Sequence)).Select(entry => entry.Sequence).ToList();
            Assert.Equal(expected, snapshot.Entries.Select(entry => entry.Sequence).Where(one => one > snapshot.After));
            // As far back as it can: nothing was dropped that still had a place.
            Assert.True(isWhole && snapshot.After == 0 || snapshot.After == all[0].Sequence || snapshot.Entries.Count == Limits.MaxResumeEvents || removed.Count > 0);
        }
    });
}
