namespace LiveComments.Fanout.Draining;

static class DrainRegistration
{
    public static void AddDrain(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NodeEnd>();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
    }
}
