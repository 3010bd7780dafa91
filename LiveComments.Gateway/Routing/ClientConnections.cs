using LiveComments.ServiceDefaults.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// How many connections clients may have here. One more is closed at once: without a bound they would take the last file, and then neither nodes nor
/// Api could be reached for those who are here already.
/// </summary>
static class ClientConnections
{
    public static void AddClientConnectionLimit(this IHostApplicationBuilder builder) =>
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayOptions>>((kestrel, gateway) =>
        {
            var most = gateway.Value.MaxConnections ?? OpenFiles.ForClients();
            // The web server counts a WebSocket apart once it is open.
            kestrel.Limits.MaxConcurrentConnections = most;
            kestrel.Limits.MaxConcurrentUpgradedConnections = most;
        });
}
