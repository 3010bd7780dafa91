using System.Net.WebSockets;
using LiveComments.Fanout.Api;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Places;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>Runs one <see cref="SocketConnection"/> for each WebSocket.</summary>
sealed class SocketConnections(
    Door door, Joining joining, ApiClient api, IServiceScopeFactory scopes, ViewerMetrics metrics, DeliveryLatency latency, TimeProvider clock, Drain drain)
{
    /// <summary>Until the connection is over.</summary>
    public async Task RunAsync(WebSocket socket, ControlFrames? control, ViewerPlaces.Place place, Speaker? speaker, JoinResult.Joined? joined)
    {
        await using var connection = new SocketConnection(socket, door, place, joining, api, scopes, latency, clock);
        var reason = CloseReason.Left;
        metrics.Opened(SocketConnection.Transport);
        try
        {
            reason = await connection.RunAsync(control, speaker, joined, drain.Turn());
        }
        finally
        {
            metrics.Closed(SocketConnection.Transport, reason);
        }
    }
}
