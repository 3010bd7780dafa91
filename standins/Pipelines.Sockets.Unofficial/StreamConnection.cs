using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Pipes over any stream, such as a TLS one.</summary>
public static partial class StreamConnection
{
    /// <summary>Both directions of a stream as pipes. The stream stays its creator's to close, which ends them.</summary>
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream is MemoryStream or FileStream)
            throw new ArgumentException($"{stream.GetType().Name} has one position for both directions: it is no duplex stream.", nameof(stream));
        return new StreamPipe(stream, sendPipeOptions ?? PipeOptions.Default, receivePipeOptions ?? PipeOptions.Default, name);
    }

    public static PipeReader GetReader(Stream stream, PipeOptions? pipeOptions = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamPipe(stream, null, pipeOptions ?? PipeOptions.Default, name).Input;
    }
}
