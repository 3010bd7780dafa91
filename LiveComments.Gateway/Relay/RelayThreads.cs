using System.Net;
using System.Net.Sockets;
using LiveComments.Gateway.Routing;
using Microsoft.Extensions.Options;

namespace LiveComments.Gateway.Relay;

/// <summary>The relay threads of this gateway.</summary>
sealed class RelayThreads : IDisposable
{
    // A relay thread works at the kernel's pace and can keep a core busy; one core is left to everything else.
    private const int OtherWorkCores = 1;

    // More than this many threads are limited by the network before they are by the processor.
    private const int MaxThreads = 16;

    /// <summary>
    /// What the kernel takes from a node for a viewer that doesn't read: little, so that the node soon notices, and closes it.
    /// </summary>
    private const int ReceiveBufferBytes = 64 * 1024;

    private readonly RelayThread[] _threads;
    private readonly CancellationTokenRegistration _stopping;
    private long _lastId;
    private uint _turn;

    public RelayThreads(IOptions<GatewayOptions> options, TimeProvider clock, RelayMetrics metrics, IHostApplicationLifetime lifetime, ILogger<RelayThread> logger)
    {
        var count = Math.Clamp(Environment.ProcessorCount - OtherWorkCores, 1, MaxThreads);
        _threads = [.. Enumerable.Range(0, count).Select(number => new RelayThread(number, options.Value.NodeSilence, clock, metrics, logger))];
        _stopping = lifetime.ApplicationStopping.Register(() => Array.ForEach(_threads, thread => thread.Drain()));
    }

    /// <summary>For who has to choose one.</summary>
    public RelayThread Next() => _threads[Interlocked.Increment(ref _turn) % (uint)_threads.Length];

    /// <summary>A connection that is on its way.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="thread">Whose it will be; null for any.</param>
    /// <exception cref="SocketException">It failed at once.</exception>
    public NodeConnection Connect(IPEndPoint to, RelayThread? thread = null)
    {
        // The size is agreed on when the connection is made.
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true, ReceiveBufferSize = ReceiveBufferBytes };
        try
        {
            Epoll.BeginConnect(socket, to);
            var id = Interlocked.Increment(ref _lastId);
            return (thread ?? Next()).Watch(id, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        foreach (var thread in _threads)
            thread.Dispose();
    }
}
