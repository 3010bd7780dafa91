using LiveComments.ServiceDefaults.Degradation;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Degradation;

/// <summary>The ladder under any load.</summary>
public sealed class LadderProperties
{
    private const int Seeds = 1_000;
    private const int Samples = 400;

    [Fact]
    public void It_never_steps_sooner_than_its_times_allow_and_one_level_at_a_time()
    {
        var steps = 0;
        Seed.ForEach(Seeds, random => steps += Walk(random));
        // Or nothing would have been shown.
        Assert.True(steps > Seeds, $"{steps} steps");
    }

    private static int Walk(Random random)
    {
        var clock = new ManualTimeProvider();
        var options = AnyOptions(random);
        var ladder = new DegradationLadder(clock);
        var shorter = options.EnterAfter < options.LeaveAfter ? options.EnterAfter : options.LeaveAfter;
        var (stepped, up) = (clock.GetTimestamp(), 0);
        var level = ladder.Level;
        var steps = 0;
        for (var count = 0; count < Samples; count++)
        {
            clock.Advance(AnyPause(random));
            var changed = ladder.Take(AnySample(random), options);
            Assert.Equal(ladder.Level != level, changed);
            if (!changed)
                continue;
            steps++;
            var by = ladder.Level - level;
            Assert.Equal(1, Math.Abs(by));
            var since = clock.GetElapsedTime(stepped);
            Assert.True(since >= shorter, $"{since} after the step before, of {shorter}");
            // What was entered is held, and what was left is stayed away from.
            Assert.True(by == up || since >= (by > 0 ? options.EnterAfter : options.LeaveAfter), $"{since} after the step the other way");
            (level, stepped, up) = (ladder.Level, clock.GetTimestamp(), by);
        }

        return steps;
    }

    [Fact]
    public void More_load_never_means_a_lower_level() => Seed.ForEach(Seeds, random =>
    {
        var clock = new ManualTimeProvider();
        var options = AnyOptions(random);
        var (less, more) = (new DegradationLadder(clock), new DegradationLadder(clock));
        for (var count = 0; count < Samples; count++)
        {
            clock.Advance(AnyPause(random));
            var sample = AnySample(random);
            less.Take(sample, options);
            more.Take(new LoadSample(sample.Processor + (random.NextDouble() * 0.3), sample.Delay * (1 + random.NextDouble())), options);
            Assert.True(more.Level >= less.Level, $"{more.Level} under more load, {less.Level} under less");
        }
    });

    [Fact]
    public void When_idle_it_returns_to_normal_and_under_full_load_it_goes_to_the_top() => Seed.ForEach(Seeds, random =>
    {
        var clock = new ManualTimeProvider();
        var options = AnyOptions(random);
        var ladder = new DegradationLadder(clock);
        for (var count = 0; count < Samples; count++)
        {
            clock.Advance(AnyPause(random));
            ladder.Take(AnySample(random), options);
        }

        Reach(DegradationLevel.Shedding, new LoadSample(1, TimeSpan.FromMinutes(1)), options.EnterAfter);
        Reach(DegradationLevel.Normal, default, options.LeaveAfter);

        void Reach(DegradationLevel level, LoadSample sample, TimeSpan dwell)
        {
            var longest = 3 * (dwell + (2 * TimeSpan.FromSeconds(1)));
            for (var begun = clock.GetTimestamp(); ladder.Level != level; ladder.Take(sample, options))
            {
                Assert.True(clock.GetElapsedTime(begun) <= longest, $"still {ladder.Level} after {longest}");
                clock.Advance(AnyPause(random));
            }
        }
    });

    [Fact]
    public void Load_that_is_just_about_a_threshold_changes_nothing_once_the_level_is_entered()
    {
        var clock = new ManualTimeProvider();
        var options = new DegradationOptions();
        var ladder = new DegradationLadder(clock);
        var changes = 0;
        for (var count = 0; count < Samples; count++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            var delay = count < 12 || count % 2 == 0 ? TimeSpan.FromMilliseconds(155) : TimeSpan.FromMilliseconds(125);
            changes += ladder.Take(new LoadSample(0.5, delay), options) ? 1 : 0;
        }

        Assert.Equal((DegradationLevel.Busy, 1), (ladder.Level, changes));
    }

    [Fact]
    public void One_hiccup_is_no_load()
    {
        var clock = new ManualTimeProvider();
        var ladder = new DegradationLadder(clock);
        for (var count = 0; count < Samples; count++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            ladder.Take(count % 10 == 9 ? default : new LoadSample(1, TimeSpan.FromSeconds(3)), new DegradationOptions());
        }

        Assert.Equal(DegradationLevel.Normal, ladder.Level);
    }

    private static TimeSpan AnyPause(Random random) => TimeSpan.FromMilliseconds(random.Next(1, 1_000));

    // In spells, or it would never last.
    private static LoadSample AnySample(Random random) => random.Next(40) == 0 || (random.Next(2) == 0 && random.Next(30) == 0)
        ? new LoadSample(random.NextDouble(), TimeSpan.FromMilliseconds(random.Next(3_000)))
        : random.Next(3) switch
        {
            0 => new LoadSample(0.9 + (random.NextDouble() * 0.1), TimeSpan.FromMilliseconds(random.Next(300, 1_500))),
            1 => new LoadSample(0.9, TimeSpan.FromMilliseconds(450)),
            _ => new LoadSample(0.9 + (random.NextDouble() * 0.1), TimeSpan.FromMilliseconds(random.Next(120, 500))),
        };

    private static DegradationOptions AnyOptions(Random random)
    {
        var options = new DegradationOptions { EnterAfter = TimeSpan.FromMilliseconds(random.Next(1_000, 8_000)), LeaveAfter = TimeSpan.FromMilliseconds(random.Next(1_000, 8_000)) };
        Assert.Empty(options.Validate(new(options)));
        return options;
    }
}
