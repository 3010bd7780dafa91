using LiveComments.Fanout.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LiveComments.Fanout.Transports.Direct;

static class DirectRegistration
{
    // What the writer threads send must come after what the response wrote: with this bound a flush that has returned has sent.
    private const int NoWriteBehind = 1;

    public static void AddDirectPath(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<FastPathOptions>().BindConfiguration(FastPathOptions.Section);
        builder.Services.AddSingleton<DirectWriters>();
        builder.Services.AddSingleton<DirectPath>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DirectWriters>());
        builder.Services.AddOptions<SocketTransportOptions>().Configure<Microsoft.Extensions.Options.IOptions<FastPathOptions>>((sockets, fastPath) =>
        {
            sockets.CreateBoundListenSocket = ViewerSockets.Listen;
            if (fastPath.Value.DirectWrites)
                sockets.MaxWriteBufferSize = NoWriteBehind;
        });
    }
}
