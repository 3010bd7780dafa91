using System.Net.WebSockets;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary><c>GET /live/ws</c>, and <c>GET /live/streams/{id}/ws</c>, which joins that stream at once.</summary>
static class SocketEndpoint
{
    // A pong that is later than this ends the connection: with the heartbeat before it, a dead peer is gone after three.
    private const int HeartbeatsUntilDead = 2;

    public static void MapSockets(this WebApplication app)
    {
        app.UseWebSockets();
        IEndpointConventionBuilder[] routes = [app.MapGet("/live/ws", OpenAnywhere), app.MapGet("/live/streams/{streamId}/ws", OpenOn)];
        if (app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousReads)
            return;
        foreach (var route in routes)
            route.RequireAuthorization();
    }

    private static Task<IResult> OpenAnywhere(HttpContext context, Origins origins, SocketConnections connections, IOptions<LiveOptions> options) =>
        OpenAsync(context, origins, options.Value, socket => connections.RunAsync(socket, Speaker.From(context), joined: null));

    private static async Task<IResult> OpenOn(
        string streamId, HttpContext context, Origins origins, Joining joining, SocketConnections connections, IOptions<LiveOptions> options)
    {
        // Looked at before joining: who can't be let in must cost nothing.
        if (Refusal(context, origins) is { } refusal)
            return refusal;
        if (!ResumePoint.TryRead(context.Request, out var from))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, ResumePoint.CursorRule);
        switch (await joining.JoinAsync(streamId, from, context.RequestAborted))
        {
            case JoinResult.NoSuchStream:
                return Joining.NoSuchStream();
            case JoinResult.Joined joined:
                // Left again by the connection; here, too, in case it never comes to be.
                using (joined.Stay)
                    return await OpenAsync(context, origins, options.Value, socket => connections.RunAsync(socket, Speaker.From(context), joined));
            default:
                return Joining.Away(context.Response);
        }
    }

    private static async Task<IResult> OpenAsync(HttpContext context, Origins origins, LiveOptions options, Func<WebSocket, Task> run)
    {
        if (Refusal(context, origins) is { } refusal)
            return refusal;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Count > 0 ? LiveSocket.SubProtocol : null,
            KeepAliveInterval = options.Heartbeat,
            KeepAliveTimeout = options.Heartbeat * HeartbeatsUntilDead,
            // Compression has a window of memory for each connection, and compresses the same bytes once for each.
            DangerousEnableCompression = false,
        });
        await run(socket);
        return Results.Empty;
    }

    private static ProblemHttpResult? Refusal(HttpContext context, Origins origins)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return Problem.Of(StatusCodes.Status426UpgradeRequired, ErrorCodes.UpgradeRequired, $"Open a WebSocket here, with the subprotocol {LiveSocket.SubProtocol}.");
        }

        if (!origins.Allow(context.Request))
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Pages of this origin may not open a WebSocket here.");
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        // None is fine: such a client relies on the address alone.
        return offered.Count == 0 || offered.Contains(LiveSocket.SubProtocol)
            ? null
            : Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, $"The only subprotocol here is {LiveSocket.SubProtocol}.");
    }
}
