using LiveComments.Fanout.Transports.Direct;

namespace LiveComments.Fanout.Transports;

static class TransportsRegistration
{
    public static void AddTransports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ViewerMetrics>();
        builder.Services.AddSingleton<SseServing>();
        builder.AddDirectPath();
        // A viewer sends nothing after its request; bodies have no business here.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 0);
    }
}
