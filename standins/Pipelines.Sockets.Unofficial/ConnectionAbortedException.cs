namespace Pipelines.Sockets.Unofficial;

/// <summary>This side gave the connection up.</summary>
public sealed class ConnectionAbortedException : OperationCanceledException
{
    public ConnectionAbortedException() : this("The connection was aborted") { }

    public ConnectionAbortedException(string message) : base(message) { }

    public ConnectionAbortedException(string message, Exception inner) : base(message, inner) { }
}
