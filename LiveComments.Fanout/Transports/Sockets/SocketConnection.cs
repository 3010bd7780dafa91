using System.Net.WebSockets;
using LiveComments.Contracts;
using LiveComments.Fanout.Api;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>
/// One client over WebSocket. Three things go on beside each other: the client's messages are read and handled one
/// after the other, its posts wait for Api one after the other, and the joined stream's frames are sent.
/// </summary>
sealed partial class SocketConnection(
    WebSocket socket, Door door, ViewerPlaces.Place place, Joining joining, ApiClient api, IServiceScopeFactory scopes, DeliveryLatency latency, TimeProvider clock) : IAsyncDisposable
{
    public const string Transport = "ws";

    // A client that doesn't answer our close is not waited for longer.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly SocketOutput _output = new(socket, clock);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<CloseReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _leaving;
    private Task _watching = Task.CompletedTask;
    private RoomDirectory.Stay? _stay;

    /// <summary>Runs until one side ends it.</summary>
    public async Task<CloseReason> RunAsync(ControlFrames? control, Speaker? speaker, JoinResult.Joined? joined, CancellationToken stopping)
    {
        _output.TooSlow = () => End(CloseReason.TooSlow);
        if (control is not null)
            control.TooMany = () => End(CloseReason.InvalidMessages);
        await using var shutdown = stopping.UnsafeRegister(static connection => ((SocketConnection)connection!).End(CloseReason.Shutdown), this);
        SpeakAs(speaker);
        if (joined is not null)
            StartWatching(joined);
        var receiving = ReceiveAsync();
        await Task.WhenAny(receiving, _ended.Task);
        End(CloseReason.Left);
        var reason = await _ended.Task;
        await SayGoodbyeAsync(reason);
        if (await Task.WhenAny(receiving, Task.Delay(CloseTimeout, clock, CancellationToken.None)) != receiving)
            socket.Abort();
        await receiving;
        return reason;
    }

    public async ValueTask DisposeAsync()
    {
        // No cut here: our close may still be on its way, and goes out before the connection ends with its request.
        await _closing.CancelAsync();
        await StopWatchingAsync();
        await _work;
        _expiry?.Dispose();
        _output.Dispose();
        _closing.Dispose();
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    private void End(CloseReason reason) => _ended.TrySetResult(reason);

    private async Task SayGoodbyeAsync(CloseReason reason)
    {
        try
        {
            if (reason == CloseReason.Shutdown)
                await SendAsync(new ServerError(ErrorCodes.Unavailable, Joining.StoppingText, true) { RetryAfterMs = ComeBack.AfterMs() });

            await _output.CloseAsync(CodeOf(reason), TextOf(reason));
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // Nobody is there to hear it.
        }
    }

    private void StartWatching(JoinResult.Joined joined)
    {
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        _stay = joined.Stay;
        _watching = WatchAsync(joined, _leaving.Token);
    }

    private async Task StopWatchingAsync()
    {
        if (_leaving is null)
            return;
        await _leaving.CancelAsync();
        await _watching;
        _leaving.Dispose();
        (_leaving, _stay) = (null, null);
    }

    private async Task WatchAsync(JoinResult.Joined joined, CancellationToken leaving)
    {
        using var stay = joined.Stay;
        stay.Costs(SendCost.Task);
        var room = stay.Room;
        var (walk, messages) = Begin(room, joined.Beginning);
        try
        {
            Frame? sent = null;
            while (await _output.SendAsync(messages) && !walk.IsTooFarBehind)
            {
                if (sent is not null)
                    latency.Delivered(sent);
                if (sent?.DismissalOf(walk.Viewer) is not null)
                {
                    End(CloseReason.Banned);
                    return;
                }

                // Pings tell the client that we are alive; nothing has to be sent when nothing happens.
                var frame = sent = (await walk.NextAsync(Timeout.InfiniteTimeSpan, leaving))!;
                walk.Viewer = _speaker?.User;
                messages = walk.Own(frame) is { } own ? JsonEncoding.Encode(room.StreamId, own) : frame.WebSocket;
            }

            End(CloseReason.TooSlow);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The client left the stream, or the connection ends.
        }
        catch (OperationCanceledException) when (walk.At.Next.IsCanceled)
        {
            End(CloseReason.RoomClosed);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            End(CloseReason.Left);
        }
    }

    /// <summary>A method of its own: what the other one's variables hold is held as long as the viewer stays.</summary>
    private (Walk Walk, IReadOnlyList<ReadOnlyMemory<byte>> First) Begin(Room room, Beginning beginning)
    {
        var (at, catchup) = beginning.Take();
        var walk = new Walk(room, at, catchup, _speaker?.User, clock);
        return (walk, JsonEncoding.Encode(room.StreamId, catchup.Messages(room, at, walk.Viewer)));
    }

    private static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;

    private static WebSocketCloseStatus CodeOf(CloseReason reason) => reason switch
    {
        CloseReason.Shutdown => (WebSocketCloseStatus)LiveCloseCodes.Shutdown,
        CloseReason.RoomClosed => (WebSocketCloseStatus)LiveCloseCodes.RoomClosed,
        CloseReason.TooSlow => (WebSocketCloseStatus)LiveCloseCodes.TooSlow,
        CloseReason.InvalidMessages => (WebSocketCloseStatus)LiveCloseCodes.InvalidMessages,
        CloseReason.MessageTooBig => (WebSocketCloseStatus)LiveCloseCodes.MessageTooBig,
        CloseReason.Expired => (WebSocketCloseStatus)LiveCloseCodes.TokenExpired,
        CloseReason.Banned => (WebSocketCloseStatus)LiveCloseCodes.Banned,
        _ => WebSocketCloseStatus.NormalClosure,
    };

    private static string TextOf(CloseReason reason) => reason switch
    {
        CloseReason.Shutdown => Joining.StoppingText,
        CloseReason.RoomClosed => "The stream could not go on here; come back, and resume.",
        CloseReason.TooSlow => "Too slow; come back, and resume.",
        CloseReason.InvalidMessages => $"Not {LiveSocket.SubProtocol}.",
        CloseReason.MessageTooBig => "The message was too big.",
        CloseReason.Expired => "The token has expired; come back with another.",
        CloseReason.Banned => "Banned.",
        _ => "",
    };
}
