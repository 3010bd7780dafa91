using System.Net;
using LiveComments.Api.Telemetry;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Telemetry;

public sealed class ReportAllowanceTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void As_many_reports_are_read_a_second_as_are_of_use_and_the_next_second_as_many_again()
    {
        var allowance = new ReportAllowance(_clock);
        for (var second = 0; second < 3; second++)
        {
            Assert.Equal(ReportAllowance.PerSecond, Enumerable.Range(0, 3 * ReportAllowance.PerSecond).Count(number => allowance.TryTake(new IPAddress(number))));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void One_address_has_its_share_of_a_minute_and_takes_nothing_from_others()
    {
        var allowance = new ReportAllowance(_clock);
        var (flood, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        Assert.Equal(ReportAllowance.PerAddressAndMinute, Enumerable.Range(0, 10 * ReportAllowance.PerSecond).Count(_ => allowance.TryTake(flood)));
        Assert.True(allowance.TryTake(other));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(allowance.TryTake(flood));
        // An IPv6 network is one address, since everybody has a whole one.
        Assert.Equal(ReportAllowance.PerAddressAndMinute, Enumerable.Range(1, 100).Count(number => allowance.TryTake(IPAddress.Parse($"2001:db8::{number:x}"))));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(allowance.TryTake(flood));
    }
}
