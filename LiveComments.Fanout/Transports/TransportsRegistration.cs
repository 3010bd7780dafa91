using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.Fanout.Transports.Sockets;
using LiveComments.Fanout.Transports.Trunks;

namespace LiveComments.Fanout.Transports;

static class TransportsRegistration
{
    public static void AddTransports(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LiveOptions>().BindConfiguration(LiveOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ViewerMetrics>();
        builder.AddDrain();
        builder.Services.AddSingleton<ViewerPlaces>();
        builder.Services.AddSingleton<Door>();
        builder.Services.AddSingleton<DeliveryLatency>();
        builder.Services.AddSingleton<SseServing>();
        builder.AddDirectPath();
        builder.AddTrunks();
        builder.Services.AddSingleton<Joining>();
        builder.Services.AddSingleton<Origins>();
        builder.Services.AddSingleton<SocketConnections>();
        // A viewer sends nothing after its request; bodies have no business here.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 0);
    }
}
