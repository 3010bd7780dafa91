using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LiveComments.Faults.Servers;

/// <summary>What a .NET process holds: it is told to collect all of its garbage, over the socket that the runtime opens for diagnosis, and then says what is left.</summary>
/// <remarks>
/// A session of the runtime's own events with the keyword that asks for a heap dump begins with a full collection, which is all that is wanted
/// of it: level and session are such that hardly anything is written.
/// https://github.com/dotnet/diagnostics/blob/main/documentation/design-docs/ipc-protocol.md
/// </remarks>
static class LiveHeap
{
    private const string Provider = "Microsoft-Windows-DotNETRuntime";
    private const ulong CollectKeyword = 0x800000;
    private const uint Informational = 4;
    private const uint BufferMiB = 10;
    private const uint NetTrace = 1;
    private const int HeaderLength = 20;
    private const byte EventPipeCommands = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 2;

    // The size without what is free between objects.
    private const string SizeMetric = "dotnet_gc_last_collection_heap_size_bytes";
    private const string FreeMetric = "dotnet_gc_last_collection_heap_fragmentation_size_bytes";

    private static readonly byte[] Magic = "DOTNET_IPC_V1\0"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The heap of a service is marked within a fraction of it.
    private static readonly TimeSpan Collecting = TimeSpan.FromSeconds(1);

    /// <summary>MiB of live objects; null when the process is not there, or is busy with being stopped.</summary>
    public static async Task<double?> MeasureAsync(int processId, HttpClient client, Uri service, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await CollectAsync(processId, clock, patience.Token);
            var metrics = await client.GetStringAsync(new Uri(service, "/metrics"), patience.Token);
            return (Sum(metrics, SizeMetric) - Sum(metrics, FreeMetric)) / (1024 * 1024);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task CollectAsync(int processId, TimeProvider clock, CancellationToken cancellationToken)
    {
        // A process that was killed leaves its socket behind, and its number comes again.
        var path = Directory.EnumerateFiles(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{processId}-*-socket")).MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new IOException("The runtime has opened no socket for diagnosis.");
        using var session = await SendAsync(path, CollectTracing, Session(), cancellationToken);
        var answer = new byte[HeaderLength + sizeof(ulong)];
        await session.ReadExactlyAsync(answer, cancellationToken);
        // It must be read, or the process would have to wait for us.
        var reading = session.CopyToAsync(Stream.Null, cancellationToken);
        await Task.Delay(Collecting, clock, cancellationToken);
        using (var stopping = await SendAsync(path, StopTracing, answer[HeaderLength..], cancellationToken))
            await stopping.ReadExactlyAsync(new byte[HeaderLength], cancellationToken);
        await reading;
    }

    private static async Task<NetworkStream> SendAsync(string path, byte command, byte[] payload, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(Message(command, payload), cancellationToken);
            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Magic, length, set of commands, command, reserved; then what belongs to the command. Numbers are little-endian.
    private static byte[] Message(byte command, byte[] payload)
    {
        var message = new byte[HeaderLength + payload.Length];
        Magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(Magic.Length), (ushort)message.Length);
        (message[Magic.Length + 2], message[Magic.Length + 3]) = (EventPipeCommands, command);
        payload.CopyTo(message, HeaderLength);
        return message;
    }

    // Buffer, format, number of providers; of each its keywords, level, name and filter.
    private static byte[] Session()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(BufferMiB);
        writer.Write(NetTrace);
        writer.Write(1u);
        writer.Write(CollectKeyword);
        writer.Write(Informational);
        writer.Write(Provider.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(Provider + "\0"));
        writer.Write(0u);
        return payload.ToArray();
    }

    private static double Sum(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
