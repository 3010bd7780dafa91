using LiveComments.Fanout.Degradation;
using LiveComments.ServiceDefaults.Degradation;

namespace LiveComments.UnitTests.Degradation;

/// <summary>What an operator may set, and what is said of the rest.</summary>
public sealed class DegradationOptionsTests
{
    public static TheoryData<string, DegradationOptions> Wrong => new()
    {
        { "EnterAfter", new DegradationOptions { EnterAfter = TimeSpan.Zero } },
        { "LeaveAfter", new DegradationOptions { LeaveAfter = TimeSpan.FromHours(1) } },
        { "Pinned", new DegradationOptions { Pinned = (DegradationLevel)7 } },
        { "Processor", new DegradationOptions { Processor = new ProcessorThresholds { Busy = 1.5 } } },
        { "Processor", new DegradationOptions { Processor = new ProcessorThresholds { Busy = 0.9, Strained = null, Shedding = 0.8 } } },
        { "Delay", new DegradationOptions { Delay = new DelayThresholds { Busy = TimeSpan.FromSeconds(2) } } },
        { "Delay", new DegradationOptions { Delay = new DelayThresholds { Busy = TimeSpan.Zero } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_named(string name, DegradationOptions options) =>
        Assert.Contains(name, Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);

    [Fact]
    public void A_threshold_may_be_left_out() =>
        Assert.Empty(new DegradationOptions { Processor = new ProcessorThresholds { Busy = null, Strained = null } }.Validate(new(new object())));

    [Fact]
    public void A_wrong_effect_is_named_with_its_level()
    {
        var effects = new EffectsOptions { Strained = new LevelEffects { BackfillComments = 51 } };
        var fault = Assert.Single(effects.Validate(new(effects))).ErrorMessage;
        Assert.Contains("Strained", fault, StringComparison.Ordinal);
        Assert.Contains("BackfillComments", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_level_does_at_least_what_the_one_before_it_does()
    {
        var options = new EffectsOptions();
        foreach (var level in Enum.GetValues<DegradationLevel>().Skip(1))
        {
            var (less, more) = (options.Of(level - 1), options.Of(level));
            Assert.True(more.BatchFactor > less.BatchFactor && more.CommentShare <= less.CommentShare && more.BackfillComments <= less.BackfillComments && more.FiguresInterval > less.FiguresInterval);
        }
    }
}
