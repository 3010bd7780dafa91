using LiveComments.Fanout.Connections;
using LiveComments.ServiceDefaults.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports.Direct;

static class DirectRegistration
{
    // What the writer threads send must come after what the response wrote: with this bound a flush that has returned has sent.
    private const int NoWriteBehind = 1;

    public static void AddDirectPath(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<FastPathOptions>().BindConfiguration(FastPathOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DirectWriters>();
        builder.Services.AddSingleton<GarbageAfterWaves>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GarbageAfterWaves>());
        builder.Services.AddSingleton<DetachedViewers>();
        builder.Services.AddSingleton<DirectPath>();
        builder.Services.AddSingleton(services => new ConnectionCap(services.GetRequiredService<IOptions<FastPathOptions>>().Value.MaxConnections ?? OpenFiles.ForClients()));
        builder.Services.AddSingleton(JoinPace.OfThisProcess());
        // The web server asks the factory that was added last whether it can bind an address.
        builder.Services.AddSingleton<IConnectionListenerFactory, ViewerTransport>();
        builder.Services.AddOptions<SocketTransportOptions>().Configure<IOptions<FastPathOptions>, IOptions<LiveOptions>>((sockets, fastPath, live) =>
        {
            sockets.CreateBoundListenSocket = endPoint => ViewerSockets.Listen(endPoint, live.Value.PeerTimeout);
            if (fastPath.Value.DirectWrites)
                sockets.MaxWriteBufferSize = NoWriteBehind;
        });
    }
}
