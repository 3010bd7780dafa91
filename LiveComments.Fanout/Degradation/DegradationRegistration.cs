using LiveComments.ServiceDefaults.Degradation;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Degradation;

static class DegradationRegistration
{
    /// <summary>The level, and what it means for rooms.</summary>
    public static void AddNodeDegradation(this IHostApplicationBuilder builder)
    {
        builder.AddDegradation();
        builder.Services.AddOptions<EffectsOptions>().BindConfiguration(EffectsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new NodeEffects(services.GetRequiredService<DegradationState>(), services.GetRequiredService<IOptions<EffectsOptions>>().Value));
        builder.Services.AddHostedService<LoadNotices>();
    }
}
