using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults.Degradation;

public static class DegradationSetup
{
    /// <summary>Measures the load and keeps the level; what a level means is the service's own affair.</summary>
    public static void AddDegradation(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DegradationOptions>().BindConfiguration(DegradationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<LoadMeter>();
        builder.Services.AddSingleton<DegradationState>();
        builder.Services.AddSingleton<DegradationMetrics>();
        builder.Services.AddHostedService<DegradationMonitor>();
    }
}
