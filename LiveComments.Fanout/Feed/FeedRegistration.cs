namespace LiveComments.Fanout.Feed;

static class FeedRegistration
{
    public static void AddFeed(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FeedMetrics>();
        builder.Services.AddHostedService<LogWatch>();
    }
}
