namespace LiveComments.Fanout.Feed;

static class FeedRegistration
{
    public static void AddFeed(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FeedMetrics>();
        builder.Services.AddHostedService<LogWatch>();
        builder.Services.AddSingleton<LogWitness>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LogWitness>());
    }
}
