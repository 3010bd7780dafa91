using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A duplex pipe that counts what went through it.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    /// <summary>Bytes handed to the peer so far.</summary>
    long TotalBytesSent { get; }

    /// <summary>Bytes taken from the peer so far.</summary>
    long TotalBytesReceived { get; }
}
