using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using LiveComments.Bench.Fanout.Viewers;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Fanout.Targets;

/// <summary>
/// The limit: <c>bench/peers/epoll/server.cpp</c>, which does nothing but call <c>send()</c> for each viewer on one
/// thread. It is no product; it tells what the kernel's share is.
/// </summary>
sealed class EpollTarget : Target
{
    private readonly int _port = ServerProcess.FreePort();
    private readonly int _feedPort = ServerProcess.FreePort();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"livecomments-bench-{Guid.NewGuid():N}");
    private readonly HttpClient _client = new();
    private TcpClient? _feed;

    public override string Name => "bare send() loop";

    public override string Setup => "`bench/peers/epoll/server.cpp` (C++, g++ -O2): one thread, epoll, the same bytes sent to each viewer as one HTTP chunk.";

    public override IReadOnlyList<Endpoint> Endpoints => [new Endpoint(Protocol.Sse, _port, "/events")];

    // data: … \n\n
    public override int EnvelopeBytes => 8;

    public override async Task StartAsync()
    {
        Directory.CreateDirectory(_folder);
        var program = Path.Combine(_folder, "server");
        using (var compiler = Process.Start("g++", ["-O2", "-std=c++20", "-o", program, Path.Combine(Repository.Root, "bench", "peers", "epoll", "server.cpp")]))
        {
            await compiler.WaitForExitAsync();
            if (compiler.ExitCode != 0)
                throw new InvalidOperationException("g++ could not compile bench/peers/epoll/server.cpp.");
        }

        var process = Start("send() loop", program, [Text(_port), Text(_feedPort)], new Dictionary<string, string>(), _folder);
        await process.UntilAnswersAsync(_client, $"http://127.0.0.1:{_port}/health");
        _feed = new TcpClient { NoDelay = true };
        await _feed.ConnectAsync("127.0.0.1", _feedPort);

        static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A line to the feed port, which is acknowledged by a byte.</summary>
    public override async Task PublishAsync(byte[] comment)
    {
        var stream = _feed!.GetStream();
        await stream.WriteAsync((byte[])[.. comment, (byte)'\n']);
        var acknowledgement = new byte[1];
        await stream.ReadExactlyAsync(acknowledgement);
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _feed?.Dispose();
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
