using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using LiveComments.ServiceDefaults.Telemetry;
using OpenTelemetry.Trace;

namespace LiveComments.UnitTests.Telemetry;

public sealed class TraceSamplerTests
{
    private const int Many = 100_000;

    [Fact]
    public void What_belongs_to_a_trace_goes_the_way_of_the_rest_of_it()
    {
        var sampler = new TraceSampler(ratio: 0.5, trustCallers: true);
        for (var count = 0; count < 100; count++)
        {
            Assert.True(IsTraced(sampler, Parent(isTraced: true, isRemote: true)));
            Assert.False(IsTraced(sampler, Parent(isTraced: false, isRemote: true)));
            Assert.True(IsTraced(sampler, Parent(isTraced: true, isRemote: false)));
            Assert.False(IsTraced(sampler, Parent(isTraced: false, isRemote: false)));
        }
    }

    [Fact]
    public void Nobody_outside_decides_how_much_is_traced()
    {
        Assert.False(IsTraced(new TraceSampler(ratio: 0, trustCallers: false), Parent(isTraced: true, isRemote: true)));
        Assert.True(IsTraced(new TraceSampler(ratio: 1, trustCallers: false), Parent(isTraced: false, isRemote: true)));
        // Within the process the decision has been made.
        Assert.True(IsTraced(new TraceSampler(ratio: 0, trustCallers: false), Parent(isTraced: true, isRemote: false)));
    }

    [Fact]
    public void A_batch_is_traced_when_something_in_it_is()
    {
        var sampler = new TraceSampler(ratio: 0, trustCallers: true);
        Assert.True(IsTraced(sampler, default, new ActivityLink(Parent(isTraced: false, isRemote: true)), new ActivityLink(Parent(isTraced: true, isRemote: true))));
        Assert.False(IsTraced(sampler, default, new ActivityLink(Parent(isTraced: false, isRemote: true))));
    }

    [Fact]
    public void Of_what_begins_a_trace_the_ratio_is_traced()
    {
        var sampler = new TraceSampler(ratio: 0.01, trustCallers: true);
        var traced = Enumerable.Range(0, Many).Count(_ => IsTraced(sampler, default));
        // Ten standard deviations.
        Assert.InRange(traced, 685, 1_315);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_ratio_that_is_no_share_is_refused_with_a_sentence(double ratio)
    {
        var faults = new List<ValidationResult>();
        var options = new TelemetryOptions { TraceRatio = ratio };
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true));
        Assert.Contains("must be from 0", Assert.Single(faults).ErrorMessage, StringComparison.Ordinal);
    }

    private static ActivityContext Parent(bool isTraced, bool isRemote) =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), isTraced ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: isRemote);

    private static bool IsTraced(TraceSampler sampler, ActivityContext parent, params ActivityLink[] links) =>
        sampler.ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "a span", ActivityKind.Server, links: links)).Decision == SamplingDecision.RecordAndSample;
}
