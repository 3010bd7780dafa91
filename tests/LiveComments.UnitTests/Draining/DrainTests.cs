using LiveComments.Fanout.Draining;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;

namespace LiveComments.UnitTests.Draining;

public sealed class DrainTests
{
    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Fact]
    public void All_leave_within_the_bound_and_no_faster_than_others_can_take_them() => Seed.ForEach(5_000, random =>
    {
        var viewers = random.Next(200_000);
        var longest = TimeSpan.FromSeconds(random.Next(21));
        var schedule = new DrainSchedule(viewers, longest);
        Assert.InRange(schedule.Duration, TimeSpan.Zero, longest);
        Assert.Equal(TimeSpan.Zero, schedule.DueOf(0));
        Assert.Equal(schedule.Duration, schedule.DueOf(DrainSchedule.Slices - 1));
        for (var slice = 1; slice < DrainSchedule.Slices; slice++)
            Assert.True(schedule.DueOf(slice) >= schedule.DueOf(slice - 1));
        Assert.Equal(1, DrainSchedule.ShareUntil(DrainSchedule.Slices - 1));
        // Only who would need longer than the bound is hurried.
        if (schedule.Duration < longest && viewers > 500)
            Assert.InRange(viewers / schedule.Duration.TotalSeconds, 1_900, 2_100);
    });

    [Fact]
    public void A_drain_and_its_grace_fit_into_what_the_host_waits() =>
        Assert.True(Drain.Longest + Drain.Grace < ServiceDefaults.ServiceDefaults.ShutdownTimeout);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Many_viewers_leave_slice_by_slice_and_what_is_posted_meanwhile_reaches_who_is_left(Way way)
    {
        // Enough to be spread over 0.4 s.
        const int Viewers = 800;
        await using var server = await ViewerServer.StartAsync(way);
        var viewers = new List<WireViewer>();
        for (var count = 0; count < Viewers; count++)
            viewers.Add(await server.WatchAsync());
        server.Post("before");
        foreach (var viewer in viewers)
            await viewer.ReadUntilCommentAsync("before");

        var stopped = server.StopAsync();
        await Eventually.UntilAsync("the first slice has left", () => server.Staying <= Viewers - (Viewers / DrainSchedule.Slices));
        Assert.True(server.Staying >= Viewers * 0.9, $"{server.Staying} of {Viewers} are left after the first slice");
        // One slice after the other, as its time comes: each arms the next one's.
        await Eventually.UntilAsync("half of them have left", () =>
        {
            if (server.Staying > Viewers / 2)
                server.Clock.Advance(TimeSpan.FromMilliseconds(5));
            return server.Staying <= Viewers / 2;
        });
        Assert.True(server.Staying > 0);
        server.Post("meanwhile");
        server.Flush();
        await Eventually.UntilAsync("all have left", () =>
        {
            server.Clock.Advance(TimeSpan.FromMilliseconds(5));
            return server.Staying == 0;
        });
        await Eventually.WithinAsync("the server has stopped", stopped);

        var heard = 0;
        foreach (var viewer in viewers)
        {
            await viewer.ReadToEndAsync();
            Assert.Equal(Ending.Proper, viewer.Ended);
            Assert.StartsWith("retry: ", Assert.Single(viewer.Events().Last()));
            heard += viewer.Comments() is [.., "meanwhile"] ? 1 : 0;
            viewer.Dispose();
        }

        Assert.InRange(heard, 1, Viewers / 2);
    }
}
