using System.Diagnostics;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>A client's post over its WebSocket as the beginning of a trace: the connection itself, which lasts for hours, is none.</summary>
static class SocketTrace
{
    private static readonly ActivitySource Source = new("LiveComments.Fanout.Sockets");

    /// <summary>To be called by an async method, to whose end it is the current one; dispose it there.</summary>
    /// <param name="messageType">What the client sent.</param>
    public static Activity? Begin(string messageType)
    {
        if (!Source.HasListeners())
            return null;
        Activity.Current = null;
        return Source.StartActivity(messageType, ActivityKind.Server);
    }
}
