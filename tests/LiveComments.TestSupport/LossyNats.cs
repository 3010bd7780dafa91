using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveComments.TestSupport;

/// <summary>
/// A man in the middle between a client and nats-server. Of the messages that go to subscribers of some subjects, it drops
/// one in a hundred; as many come twice, and as many late. Everything else passes as it is.
/// </summary>
public sealed class LossyNats : IAsyncDisposable
{
    // Of each hundred messages.
    private const int Dropped = 0;
    private const int Repeated = 1;
    private const int Late = 2;

    // A late message comes after so many others.
    private const int MaxOthersBefore = 3;

    private readonly int _serverPort;
    private readonly string _subjects;
    private readonly Random _random;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private readonly Task _accepting;
    private int _drops;

    /// <param name="serverPort">Where nats-server listens.</param>
    /// <param name="subjects">What the subjects begin with of which messages are dropped.</param>
    /// <param name="seed">Decides which.</param>
    public LossyNats(int serverPort, string subjects, int seed)
    {
        (_serverPort, _subjects, _random) = (serverPort, subjects, new Random(seed));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"nats://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Messages that never came.</summary>
    public int Drops => Volatile.Read(ref _drops);

    /// <summary>Ends every connection, with whatever is underway; clients come back.</summary>
    public void Cut()
    {
        foreach (var connection in _connections.Keys)
            connection.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
                running.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _connections[client] = _connections[server] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), _stop.Token), PassMessagesAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException or NotSupportedException)
        {
            // Either side went away: both do. A buffered stream says of a closed one that it does not support reading.
        }
        finally
        {
            client.Close();
            _connections.TryRemove(client, out _);
            _connections.TryRemove(server, out _);
        }
    }

    // MSG subject sid [reply] size\r\npayload\r\n, or HMSG subject sid [reply] header-size size\r\n…; every other operation is a line.
    private async Task PassMessagesAsync(NetworkStream server, NetworkStream client)
    {
        using var input = new BufferedStream(server, 64 * 1024);
        var late = new List<(byte[] Message, int Others)>();
        var line = new byte[8 * 1024];
        while (true)
        {
            var length = await ReadLineAsync(input, line);
            var words = Encoding.ASCII.GetString(line, 0, length).Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (words is not ["MSG" or "HMSG", var subject, ..])
            {
                await client.WriteAsync(line.AsMemory(0, length), _stop.Token);
                continue;
            }

            var message = new byte[length + int.Parse(words[^1], CultureInfo.InvariantCulture) + 2];
            line.AsSpan(0, length).CopyTo(message);
            await input.ReadExactlyAsync(message.AsMemory(length), _stop.Token);
            switch (subject.StartsWith(_subjects, StringComparison.Ordinal) ? Next(100) : 100)
            {
                case Dropped:
                    Interlocked.Increment(ref _drops);
                    break;
                case Late:
                    late.Add((message, Next(MaxOthersBefore) + 1));
                    break;
                case Repeated:
                    await client.WriteAsync(message, _stop.Token);
                    await client.WriteAsync(message, _stop.Token);
                    break;
                default:
                    await client.WriteAsync(message, _stop.Token);
                    break;
            }

            for (var index = late.Count - 1; index >= 0; index--)
            {
                late[index] = late[index] with { Others = late[index].Others - 1 };
                if (late[index].Others > 0)
                    continue;
                await client.WriteAsync(late[index].Message, _stop.Token);
                late.RemoveAt(index);
            }
        }
    }

    private async Task<int> ReadLineAsync(BufferedStream input, byte[] line)
    {
        for (var length = 0; ; length++)
        {
            await input.ReadExactlyAsync(line.AsMemory(length, 1), _stop.Token);
            if (line[length] == '\n')
                return length + 1;
        }
    }

    private int Next(int below)
    {
        lock (_random)
            return _random.Next(below);
    }
}
