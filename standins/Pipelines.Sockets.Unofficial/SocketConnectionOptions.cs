namespace Pipelines.Sockets.Unofficial;

/// <summary>How a <see cref="SocketConnection"/> waits and where its callbacks run.</summary>
[Flags]
public enum SocketConnectionOptions
{
    None = 0,

    /// <summary>Wait for data with an empty read first, so that an idle connection holds no buffer.</summary>
    ZeroLengthReads = 1 << 0,

    InlineReads = 1 << 1,
    InlineWrites = 1 << 2,
    InlineConnect = 1 << 3,
}
