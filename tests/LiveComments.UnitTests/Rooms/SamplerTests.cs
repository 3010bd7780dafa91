using LiveComments.Contracts;
using LiveComments.Fanout.Rooms.Sampling;
using LiveComments.ServiceDefaults.Log;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Rooms;

public sealed class SamplerTests
{
    [Fact]
    public void A_stream_that_people_can_read_is_shown_whole() => Seed.ForEach(500, random =>
    {
        var sampler = new Sampler();
        foreach (var (id, createdAt) in Stream(random, perSecond: 50))
            Assert.True(sampler.Shows(id, createdAt, limit: 50));
    });

    [Fact]
    public void Nodes_that_have_followed_a_stream_for_two_seconds_choose_the_same_wherever_they_began() => Seed.ForEach(1_500, random =>
    {
        var stream = Stream(random, perSecond: random.Next(1, 400)).ToList();
        var limit = random.Next(1, 60);
        var first = new Sampler();
        var second = new Sampler();
        var from = random.Next(stream.Count);
        for (var index = 0; index < stream.Count; index++)
        {
            var (id, createdAt) = stream[index];
            var shown = first.Shows(id, createdAt, limit);
            if (index < from)
                continue;
            var alsoShown = second.Shows(id, createdAt, limit);
            // Its first second may be a part of one, and what counts as the second before is that part.
            if (createdAt / 1000 > (stream[from].CreatedAt / 1000) + 1)
                Assert.Equal(shown, alsoShown);
        }
    });

    [Fact]
    public void A_lower_limit_shows_a_part_of_what_a_higher_one_shows() => Seed.ForEach(1_500, random =>
    {
        var (lower, higher) = (new Sampler(), new Sampler());
        var limit = random.Next(1, 60);
        var more = limit + random.Next(60);
        foreach (var (id, createdAt) in Stream(random, perSecond: random.Next(1, 400)))
        {
            var shown = lower.Shows(id, createdAt, limit);
            Assert.True(higher.Shows(id, createdAt, more) || !shown);
        }
    });

    [Fact]
    public void Of_a_steadily_fast_stream_about_as_many_are_shown_as_the_limit_says()
    {
        const int Limit = 50;
        const int Seconds = 20;
        var sampler = new Sampler();
        var shown = 0;
        for (var second = 0; second < Seconds; second++)
        {
            for (var comment = 0; comment < 1_000; comment++)
                shown += sampler.Shows($"{(second * 1_000) + comment}", (second * 1_000L) + comment, Limit) && second > 0 ? 1 : 0;
        }

        // The first second is a burst out of silence, which shows more. The rest hangs on the hash alone, so it is the same in every run.
        Assert.InRange(shown / (double)(Seconds - 1), Limit * 0.9, Limit * 1.1);
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(99_999, 50)]
    [InlineData(100_000, 25)]
    [InlineData(1_000_000, 10)]
    public void The_more_watch_the_fewer_are_shown(int audience, int limit) => Assert.Equal(limit, SamplingLimit.For(audience, 50));

    [Fact]
    public void What_is_singled_out_and_what_concerns_a_viewer_always_passes() => Seed.ForEach(1_500, random =>
    {
        var sampling = new RoomSampling("boss", most: 1);
        var viewer = new User("me", "Me-Name", "Me", null, Roles.User);
        var omitted = new Dictionary<ulong, Omission>();
        // What I wrote, and what concerns me: that, the answers to it, and what names me.
        var written = new List<ulong>();
        var mine = new HashSet<ulong>();
        var everybodys = new HashSet<ulong>();
        for (var sequence = 1ul; sequence <= 60; sequence++)
        {
            var comment = RoomEntries.CommentOf(sequence, userId: random.Next(8) == 0 ? "me" : "other");
            string? role = null;
            switch (random.Next(14))
            {
                case 0: comment = comment with { IsPaid = true }; break;
                case 1: comment = comment with { IsPinned = true }; break;
                case 2: comment = comment with { IsHighlighted = true }; break;
                case 3: comment = comment with { UserId = "boss" }; break;
                case 4: role = Roles.Moderator; break;
                case 5: role = Roles.Admin; break;
                case 6: comment = comment with { Mentions = ["somebody", "me-name"] }; mine.Add(sequence); break;
                case 7 when written.Count > 0: comment = comment with { ParentId = $"{written[random.Next(written.Count)]}" }; mine.Add(sequence); break;
                default: break;
            }

            if (comment.UserId == "me")
            {
                written.Add(sequence);
                mine.Add(sequence);
            }

            if (comment.IsPaid || comment.IsPinned || comment.IsHighlighted || comment.UserId == "boss" || role is not null)
                everybodys.Add(sequence);
            if (sampling.Omits(RoomEntries.Comment(sequence, comment, role), audience: 0) is { } omission)
                omitted.Add(sequence, omission);
        }

        Assert.Empty(everybodys.Intersect(omitted.Keys));
        var sample = Sample.Of(omitted);
        Assert.Equal(mine.Overlaps(omitted.Keys), sample?.Concerns(viewer) ?? false);
        Assert.All(mine, sequence => Assert.False(sample?.Omits(sequence, viewer) ?? false));
        Assert.All(omitted.Keys, sequence => Assert.True(sample!.Omits(sequence, viewer: null)));
    });

    [Fact]
    public void An_answer_to_me_is_mine_to_see()
    {
        var sampling = new RoomSampling(creatorId: null, most: 1);
        sampling.Omits(RoomEntries.Comment(1, RoomEntries.CommentOf(1, "me")), audience: 0);
        for (var sequence = 2ul; sequence < 100; sequence++)
        {
            if (sampling.Omits(RoomEntries.Comment(sequence, RoomEntries.CommentOf(sequence, "other") with { ParentId = "1" }), audience: 0) is { } omission)
                Assert.Equal("me", omission.ParentAuthor);
        }
    }

    [Fact]
    public void What_cannot_be_read_is_shown() =>
        Assert.Null(new RoomSampling(null, 1).Omits(new LogEntry("s", 1, LogEventTypes.CommentPosted, "{"u8.ToArray(), null), audience: 0));

    private static IEnumerable<(string Id, long CreatedAt)> Stream(Random random, int perSecond)
    {
        var id = random.NextInt64(1L << 40, 1L << 60);
        var start = random.NextInt64(1L << 40);
        for (var second = 0; second < 4; second++)
        {
            foreach (var within in Enumerable.Range(0, random.Next(perSecond + 1)).Select(_ => random.Next(1_000)).Order())
                yield return ($"{id += random.Next(1, 1_000)}", (start / 1000 * 1000) + (second * 1_000L) + within);
        }

        yield return ($"{id}", start + 5_000);
    }
}
