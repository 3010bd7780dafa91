using LiveComments.ServiceDefaults.Health;

namespace LiveComments.Fanout.Draining;

static class DrainRegistration
{
    public static void AddDrain(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NodeEnd>();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().AddCheck<DrainHealth>("drain", tags: [HealthEndpoints.Ready]);
    }
}
