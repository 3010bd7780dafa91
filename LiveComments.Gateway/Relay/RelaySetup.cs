using LiveComments.Gateway.Relay.Trunks;
using LiveComments.Gateway.Routing;
using LiveComments.ServiceDefaults.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace LiveComments.Gateway.Relay;

static class RelaySetup
{
    // What a relay thread sends must come after the head: with this bound a flush that has returned has sent.
    private const int NoWriteBehind = 1;

    public static void AddStreamRelay(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RelayMetrics>();
        builder.Services.AddSingleton<RelayThreads>();
        builder.Services.AddSingleton<NodeClient>();
        builder.Services.AddSingleton<TrunkLines>();
        builder.Services.AddSingleton<StreamRelay>();
        builder.Services.AddSingleton<GarbageAfterWaves>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GarbageAfterWaves>());
        builder.Services.AddOptions<SocketTransportOptions>().Configure<IOptions<GatewayOptions>>((sockets, options) =>
        {
            if (IsOn(options.Value))
                sockets.MaxWriteBufferSize = NoWriteBehind;
        });
    }

    /// <summary>Comes last before YARP forwards.</summary>
    public static void UseStreamRelay(this IReverseProxyApplicationBuilder proxy)
    {
        if (!IsOn(proxy.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value))
            return;
        var relay = proxy.ApplicationServices.GetRequiredService<StreamRelay>();
        proxy.Use(relay.InvokeAsync);
    }

    // Elsewhere YARP's way is the only one.
    private static bool IsOn(GatewayOptions options) => options is { RawStreams: true, StreamMode: StreamMode.Proxy } && OperatingSystem.IsLinux();
}
