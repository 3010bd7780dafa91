namespace LiveComments.Fanout.Api;

static class ApiRegistration
{
    public static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServiceToken>();
        builder.Services.AddSingleton(services => new ApiClient(services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(ApiClient)), services.GetRequiredService<ServiceToken>()));
        // One client for the life of the process: where Api is, is asked anew for each request and each connection.
        builder.Services.AddHttpClient(nameof(ApiClient), client => client.BaseAddress = ApiClient.Address)
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = ApiClient.ConnectionLifetime)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }
}
