namespace Pipelines.Sockets.Unofficial;

/// <summary>The peer reset the connection; what was in flight may be lost.</summary>
public sealed class ConnectionResetException : IOException
{
    public ConnectionResetException() : this("The connection was reset") { }

    public ConnectionResetException(string message) : base(message) { }

    public ConnectionResetException(string message, Exception inner) : base(message, inner) { }
}
