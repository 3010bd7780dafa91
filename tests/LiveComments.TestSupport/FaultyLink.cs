using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LiveComments.TestSupport;

/// <summary>The network between one service and one server: TCP on another port, which a test can make as bad as networks are.</summary>
public sealed class FaultyLink : IAsyncDisposable
{
    private const int PieceSize = 32 * 1024;

    // As the far side of a continent, and as a phone in a lift.
    private const int MinDelayMs = 200;
    private const int MaxDelayMs = 2_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Passage, bool> _passages = new();
    private readonly int _serverPort;
    private readonly Random _random;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkMode _mode;
    private int _connections;

    public FaultyLink(string name, int serverPort, int seed)
    {
        (Name, _serverPort, _random) = (name, serverPort, new Random(seed));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Name { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many ever came.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public LinkMode Mode
    {
        get => _mode;
        set
        {
            _mode = value;
            foreach (var passage in _passages.Keys)
            {
                if (value == LinkMode.Swallowing)
                    passage.IsLost = true;
                else if (value == LinkMode.Resetting)
                    passage.Reset();
            }

            if (value == LinkMode.Stalled)
                _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            else
                _opened.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _opened.TrySetResult();
        _listener.Stop();
        foreach (var passage in _passages.Keys)
            passage.Reset();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                running.RemoveAll(task => task.IsCompleted);
                running.Add(PassAsync(new Passage(client)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task PassAsync(Passage passage)
    {
        _passages[passage] = true;
        try
        {
            if (Mode == LinkMode.Resetting)
                return;
            passage.IsLost = Mode == LinkMode.Swallowing;
            if (Mode == LinkMode.Stalled)
                await _opened.Task;
            // One who is swallowed from the start never reaches the server, and never hears of that.
            if (!passage.IsLost)
                await passage.Server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            var there = PassAsync(passage, passage.Client, passage.IsLost ? null : passage.Server);
            await (passage.Server.Connected ? await Task.WhenAny(there, PassAsync(passage, passage.Server, passage.Client)) : there);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Either side went away: both do.
        }
        finally
        {
            passage.Reset();
            _passages.TryRemove(passage, out _);
        }
    }

    private async Task PassAsync(Passage passage, TcpClient from, TcpClient? to)
    {
        var input = from.GetStream();
        var late = to is null ? null : new LateWriter(to.GetStream());
        var piece = new byte[PieceSize];
        while (await input.ReadAsync(piece, _stop.Token) is var count and > 0)
        {
            if (Mode == LinkMode.Stalled)
                await _opened.Task;
            if (passage.IsLost || late is null)
                continue;
            await late.WriteAsync(piece.AsMemory(0, count), Mode == LinkMode.Slow ? Delay() : TimeSpan.Zero, _stop.Token);
        }

        // Of a lost connection the other side never hears that this one gave it up.
        if (passage.IsLost)
            await passage.Forgotten.Task;
    }

    private TimeSpan Delay()
    {
        lock (_random)
            return TimeSpan.FromMilliseconds(_random.Next(MinDelayMs, MaxDelayMs));
    }

    /// <summary>Writes in order, each piece no sooner than it may.</summary>
    private sealed class LateWriter(NetworkStream output)
    {
        // Beyond this a slow link holds the sender up, as a full pipe does.
        private const int MaxPieces = 256;

        private readonly SemaphoreSlim _room = new(MaxPieces);
        private Task _before = Task.CompletedTask;

        public async Task WriteAsync(ReadOnlyMemory<byte> piece, TimeSpan delay, CancellationToken cancellationToken)
        {
            if (delay == TimeSpan.Zero && _before.IsCompleted)
            {
                await _before;
                await output.WriteAsync(piece, cancellationToken);
                return;
            }

            await _room.WaitAsync(cancellationToken);
            _before = LaterAsync(_before, piece.ToArray(), Task.Delay(delay, TimeProvider.System, cancellationToken), cancellationToken);
        }

        private async Task LaterAsync(Task before, byte[] piece, Task due, CancellationToken cancellationToken)
        {
            try
            {
                await Task.WhenAll(before, due);
                await output.WriteAsync(piece, cancellationToken);
            }
            finally
            {
                _room.Release();
            }
        }
    }

    private sealed class Passage
    {
        private volatile bool _isLost;

        public Passage(TcpClient client)
        {
            Client = client;
            client.NoDelay = Server.NoDelay = true;
        }

        public TcpClient Client { get; }

        public TcpClient Server { get; } = new();

        public TaskCompletionSource Forgotten { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsLost
        {
            get => _isLost;
            set => _isLost = value;
        }

        public void Reset()
        {
            Forgotten.TrySetResult();
            foreach (var side in (TcpClient[])[Client, Server])
            {
                try
                {
                    // Zero seconds of lingering is how a program asks for RST.
                    side.LingerState = new LingerOption(true, 0);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException or NullReferenceException)
                {
                    // It is closed already.
                }

                side.Close();
            }
        }
    }
}
