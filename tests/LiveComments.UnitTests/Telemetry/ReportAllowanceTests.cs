using LiveComments.Api.Telemetry;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Telemetry;

public sealed class ReportAllowanceTests
{
    [Fact]
    public void As_many_reports_are_read_a_second_as_are_of_use_and_the_next_second_as_many_again()
    {
        var clock = new ManualTimeProvider();
        var allowance = new ReportAllowance(clock);
        for (var second = 0; second < 3; second++)
        {
            Assert.Equal(ReportAllowance.PerSecond, Enumerable.Range(0, 3 * ReportAllowance.PerSecond).Count(_ => allowance.TryTake()));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
