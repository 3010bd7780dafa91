using LiveComments.Api.Analytics;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Presence;
using LiveComments.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>What no log knows of a minute: who watched, and what was refused. Several processes write it.</summary>
public sealed class MinuteCountsTests(LogAndDatabase parts) : IClassFixture<LogAndDatabase>
{
    [Fact]
    public async Task Of_several_processes_the_one_that_looked_most_often_is_believed()
    {
        var clock = new ManualTimeProvider();
        var (early, late) = (NewSamples(clock, out var viewers), NewSamples(clock, out var others));
        foreach (var watching in new[] { 10, 20, 60 })
        {
            foreach (var counts in new[] { viewers, others })
                counts.Hear(new PresenceAnnouncement("node-1", [new RoomPresence("watched", watching)]));
            await early.LookAsync();
            if (watching > 10)
                await late.LookAsync();
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal((37.5, 60), early.Now("watched") is { } now ? (now.Viewers, now.Peak) : default);
        Assert.Null(early.Now("unwatched"));
        clock.Advance(TimeSpan.FromSeconds(30));
        foreach (var samples in new[] { late, early, late })
            await samples.LookAsync();
        await using var command = parts.Database.CreateCommand("select viewers, peak, samples from stream_audience where stream_id = 'watched'");
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        Assert.Equal((30.0, 60, 3), (row.GetDouble(0), row.GetInt32(1), row.GetInt32(2)));
        Assert.False(await row.ReadAsync());
    }

    [Fact]
    public async Task What_several_processes_refused_adds_up_however_often_they_write()
    {
        var clock = new ManualTimeProvider();
        using var one = new RefusalCounts(parts.Database, clock, NullLogger<RefusalCounts>.Instance);
        using var two = new RefusalCounts(parts.Database, clock, NullLogger<RefusalCounts>.Instance);
        foreach (var counts in new[] { one, two, one })
        {
            counts.Count("refusing");
            await counts.WriteAsync();
            await counts.WriteAsync();
        }

        clock.Advance(TimeSpan.FromMinutes(3));
        one.Count("refusing");
        await one.WriteAsync();
        await using var command = parts.Database.CreateCommand("select sum(refused)::integer from stream_refusals where stream_id = 'refusing' group by minute order by minute");
        await using var row = await command.ExecuteReaderAsync();
        var refused = new List<int>();
        while (await row.ReadAsync())
            refused.Add(row.GetInt32(0));
        Assert.Equal([3, 1], refused);
    }

    private AudienceSamples NewSamples(TimeProvider clock, out ViewerCounts viewers) =>
        new(parts.Database, viewers = new ViewerCounts(clock), clock, NullLogger<AudienceSamples>.Instance);
}
