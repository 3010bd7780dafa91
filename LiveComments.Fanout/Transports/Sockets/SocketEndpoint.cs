using System.Net.WebSockets;
using LiveComments.Contracts;
using LiveComments.Fanout.Places;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary><c>GET /live/ws</c>, and <c>GET /live/streams/{id}/ws</c>, which joins that stream at once.</summary>
static class SocketEndpoint
{
    // A pong that is later than this ends the connection: with the heartbeat before it, a dead peer is gone after three.
    private const int HeartbeatsUntilDead = 2;

    // RFC 6455's own number, the only one there is.
    private const string Version = "13";

    // GET over HTTP/1.1; over HTTP/2 a WebSocket is opened by CONNECT (RFC 8441).
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Connect];

    public static void MapSockets(this WebApplication app)
    {
        app.UseWatchedUpgrades();
        app.UseWebSockets();
        IEndpointConventionBuilder[] routes = [app.MapMethods("/live/ws", Methods, OpenAnywhere), app.MapMethods("/live/streams/{streamId}/ws", Methods, OpenOn)];
        if (app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousReads)
            return;
        foreach (var route in routes)
            route.RequireAuthorization();
    }

    private static async Task<IResult> OpenAnywhere(HttpContext context, Origins origins, Door door, SocketConnections connections, IOptions<LiveOptions> options)
    {
        if (Refusal(context, origins) is { } refusal)
            return refusal;
        if (door.Refuse(context, out var place) is { } full)
            return full;
        using (place)
            return await OpenAsync(context, options.Value, socket => connections.RunAsync(socket, context.Features.Get<ControlFrames>(), place!, Speaker.From(context), joined: null));
    }

    private static async Task<IResult> OpenOn(
        string streamId, HttpContext context, Origins origins, Door door, Joining joining, SocketConnections connections, IOptions<LiveOptions> options)
    {
        // Looked at before joining: who can't be let in must cost nothing.
        if (Refusal(context, origins) is { } refusal)
            return refusal;
        if (!ResumePoint.TryRead(context.Request, out var from))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, ResumePoint.CursorRule);
        if (door.Refuse(context, out var place) is { } full)
            return full;
        using var taken = place!;
        switch (await joining.JoinAsync(streamId, from, context.User.ToUser(), context.RequestAborted))
        {
            case JoinResult.NoSuchStream:
                return Joining.NoSuchStream();
            case JoinResult.Joined joined:
                // Left again by the connection; here, too, in case it never comes to be.
                using (joined.Stay)
                    return await OpenAsync(context, options.Value, socket => connections.RunAsync(socket, context.Features.Get<ControlFrames>(), taken, Speaker.From(context), joined));
            case JoinResult.Banned(var why):
                return Joining.Banned(why);
            case JoinResult.Stopping:
                return Joining.Stopping(context.Response);
            default:
                return Joining.Away(context.Response);
        }
    }

    private static async Task<IResult> OpenAsync(HttpContext context, LiveOptions options, Func<WebSocket, Task> run)
    {
        LiftBodyLimits(context);
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

    /// <summary>Over HTTP/2 what a client sends on a WebSocket is its request's body, which has neither an end nor a pace.</summary>
    private static void LiftBodyLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    // The framework is content with a version among others, and with a key among others.
    private static bool IsOneRequest(HttpRequest request) =>
        !HttpProtocol.IsHttp11(request.Protocol) || (request.Headers.SecWebSocketVersion is [Version] && request.Headers.SecWebSocketKey.Count == 1);

    private static ProblemHttpResult? Refusal(HttpContext context, Origins origins)
    {
        if (!context.WebSockets.IsWebSocketRequest || !IsOneRequest(context.Request))
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = Version;
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
