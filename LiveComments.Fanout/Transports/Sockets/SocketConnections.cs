using System.Net.WebSockets;
using LiveComments.Fanout.Api;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>Runs one <see cref="SocketConnection"/> for each WebSocket.</summary>
sealed class SocketConnections(
    Joining joining, ApiClient api, IServiceScopeFactory scopes, ViewerMetrics metrics, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>Until the connection is over.</summary>
    public async Task RunAsync(WebSocket socket, Speaker? speaker, JoinResult.Joined? joined)
    {
        await using var connection = new SocketConnection(socket, joining, api, scopes, clock);
        var reason = CloseReason.Left;
        metrics.Opened(SocketConnection.Transport);
        try
        {
            reason = await connection.RunAsync(speaker, joined, lifetime.ApplicationStopping);
        }
        finally
        {
            metrics.Closed(SocketConnection.Transport, reason);
        }
    }
}
