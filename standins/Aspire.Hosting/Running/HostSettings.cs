using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Running;

/// <summary>How this host runs, read once from its configuration.</summary>
/// <param name="RandomizePorts">Fixed ports are replaced by free ones, so that hosts can run side by side.</param>
/// <param name="DashboardPort">The port that the dashboard would like; 0: any; null: no dashboard.</param>
internal sealed record HostSettings(bool RandomizePorts, int? DashboardPort)
{
    // No launch profile names a port: as good as any, and free in most places.
    private const int DefaultDashboardPort = 15080;

    public static HostSettings Read(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var options = services.GetRequiredService<DistributedApplicationOptions>();
        var url = configuration["ASPNETCORE_URLS"]?.Split(';')[0] ?? configuration["URLS"]?.Split(';')[0];
        var wished = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Port : DefaultDashboardPort;
        var randomize = configuration.GetValue("DcpPublisher:RandomizePorts", false);
        return new(randomize, options.DisableDashboard ? null : randomize ? 0 : wished);
    }
}
