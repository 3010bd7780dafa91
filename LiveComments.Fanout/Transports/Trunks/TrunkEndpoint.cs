using System.Net.Sockets;
using LiveComments.Contracts;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Problems;
using LiveComments.ServiceDefaults.Proxies;
using LiveComments.ServiceDefaults.Trunks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary><c>GET</c> <see cref="TrunkProtocol.Path"/>: a gateway opens a trunk.</summary>
static class TrunkEndpoint
{
    // For the last words to viewers who have just been let go; a gateway takes them in no time.
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);

    // What the kernel holds on the way to the gateway: one frame for thousands of viewers is some 20 KB.
    private const int SendBufferBytes = 256 * 1024;

    // With viewers there are heartbeats; so rarely is often enough for who has none.
    private const int KeepAliveSeconds = 60;

    public static void MapTrunks(this WebApplication app) => app.MapGet(TrunkProtocol.Path, Open).ExcludeFromDescription();

    private static async Task<IResult> Open(HttpContext context, TrunkDirectory trunks, DirectPath direct, NodeEnd end, IOptions<ProxyOptions> proxies, TimeProvider clock)
    {
        // Somebody behind a proxy is nobody whom this is for, either.
        if (!TrustedProxies.IsProxyItself(context, proxies.Value))
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Trunks are for gateways that Proxies:Trusted names.");
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || context.Request.Headers[HeaderNames.Upgrade] is not [TrunkProtocol.Name] || direct.SocketOf(context) is not { } socket)
        {
            context.Response.Headers[HeaderNames.Upgrade] = TrunkProtocol.Name;
            return Problem.Of(StatusCodes.Status426UpgradeRequired, ErrorCodes.UpgradeRequired, $"A trunk is opened over plain HTTP/1.1 by an upgrade to {TrunkProtocol.Name}, where Fanout:DirectWrites is on.");
        }

        if (end.HasBegun)
            return Joining.Stopping(context.Response);
        if (trunks.IsFull)
            return Problem.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyConnections, $"There are {TrunkDirectory.Most} trunks already.", retryable: true);

        Prepare(socket);
        var (id, trunk) = trunks.Open(socket);
        try
        {
            context.Response.Headers[TrunkProtocol.Header] = id;
            await using var stream = await upgrade.UpgradeAsync();
            await ServeAsync(stream, trunk, end, clock, context.RequestAborted);
        }
        finally
        {
            trunks.Close(id, trunk);
            context.Abort();
        }

        return Results.Empty;
    }

    private static async Task ServeAsync(Stream stream, Trunk trunk, NodeEnd end, TimeProvider clock, CancellationToken aborted)
    {
        var trunkEnd = TrunkEnd.Closed;
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, end.Over);
            var reading = TrunkInput.ReadAsync(stream, trunk, ending.Token);
            await Task.WhenAny(reading, trunk.Lost);
            await ending.CancelAsync();
            trunkEnd = await reading;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            if (end.Over.IsCancellationRequested)
                await trunk.FinishAsync().WaitAsync(FarewellTime, clock, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        trunk.LoseSoon(trunkEnd);
    }

    private static void Prepare(Socket socket)
    {
        socket.Blocking = false;
        socket.SendBufferSize = SendBufferBytes;
        // A gateway that vanished while nobody watched would never be missed.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
    }
}
