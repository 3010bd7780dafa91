using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LiveComments.Fanout.Transports;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Viewers;

/// <summary>Which connections are taken from the web server, and what holds for them then.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(Way.Simple, 10)]
    [InlineData(Way.Direct, 10)]
    [InlineData(Way.Detached, 0)]
    public async Task The_web_server_forgets_detached_viewers_and_no_others(Way way, int remembered)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var viewers = new List<WireViewer>();
        for (var count = 0; count < 10; count++)
            viewers.Add(await server.WatchAsync());
        await Eventually.UntilAsync($"the web server knows of {remembered}", () => server.WebServerConnections == remembered);
        server.Post("one");
        foreach (var viewer in viewers)
        {
            await viewer.ReadUntilCommentAsync("one");
            Assert.Equal(way == Way.Detached, viewer.Head.Contains("Connection: close\r\n", StringComparison.Ordinal));
            viewer.Dispose();
        }

        await Eventually.UntilAsync("everybody has left", () => server is { Staying: 0, WebServerConnections: 0 });
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n", "hello")]
    [InlineData("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("", $"GET {ViewerServer.Path} HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task A_connection_with_more_on_it_than_the_request_stays_with_the_web_server(string headers, string after)
    {
        await using var server = await ViewerServer.StartAsync(Way.Detached);
        using var viewer = await WireViewer.StartAsync(await server.ConnectAsync(), headers: headers, after: after);
        server.Post("one");
        await viewer.ReadUntilCommentAsync("one");
        Assert.Equal(1, server.WebServerConnections);
    }

    [Fact]
    public async Task Who_finds_all_places_taken_is_refused_and_a_place_that_becomes_free_is_given_again()
    {
        await using var server = await ViewerServer.StartAsync(Way.Detached, maxConnections: 3);
        var viewers = new List<WireViewer>();
        for (var count = 0; count < 3; count++)
            viewers.Add(await server.WatchAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => server.WatchAsync());
        viewers[0].Dispose();
        await Eventually.UntilAsync("its place is given again", async () =>
        {
            viewers[0] = await server.WatchAsync();
            return true;
        });
        server.Post("one");
        foreach (var viewer in viewers)
        {
            await viewer.ReadUntilCommentAsync("one");
            viewer.Dispose();
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Under_tls_viewers_go_the_simple_way_over_the_same_transport(string version)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var server = await ViewerServer.StartAsync(Way.Detached, tls: certificate);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString();
        using var client = new HttpClient(handler) { BaseAddress = server.Address, DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.GetAsync(new Uri(ViewerServer.Path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (answer.StatusCode, answer.Version));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        server.Post("one");
        string? line;
        do
            line = await Eventually.WithinAsync("the comment", reader.ReadLineAsync());
        while (line is not null && !line.Contains("\"content\":\"one\"", StringComparison.Ordinal));
        Assert.NotNull(line);
        Assert.Equal(1, server.WebServerConnections);
    }

    [Theory]
    [InlineData(Way.Simple)]
    [InlineData(Way.Detached)]
    public async Task Who_asks_for_the_head_alone_does_not_become_a_viewer(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        using var asker = await WireViewer.StartAsync(await server.ConnectAsync(), requestLine: $"HEAD {ViewerServer.Path} HTTP/1.1");
        Assert.StartsWith("HTTP/1.1 405", asker.Head, StringComparison.Ordinal);
        Assert.Equal(0, server.Staying);
    }

    [Theory]
    [InlineData(Way.Detached)]
    [InlineData(Way.Trunk)]
    public async Task Two_hundred_who_do_not_read_change_nothing_for_the_others(Way way)
    {
        await using var server = await ViewerServer.StartAsync(way);
        var still = new List<WireViewer>();
        for (var count = 0; count < 200; count++)
            still.Add(await server.WatchAsync());
        using var reading = await server.WatchAsync();
        var posted = 0;
        // Some are blocked, some closed already: the one who reads is served whole all the time.
        for (; server.Staying > 1; posted++)
        {
            server.Post($"{posted} {new string('x', 60_000)}");
            server.Flush();
            await reading.ReadUntilAsync($"comment {posted}", () => reading.LastEventId() == $"1-{server.Sequence}");
            Assert.True(posted < 400, "they are never closed");
        }

        Assert.Equal(posted, reading.Comments().Count);
        foreach (var viewer in still)
            viewer.Dispose();
    }

    [Fact]
    public async Task Nobody_gets_what_is_for_another_room_however_descriptors_are_used_again()
    {
        // In one process, so they share the numbers of descriptors.
        await using var first = await ViewerServer.StartAsync(Way.Detached);
        await using var second = await ViewerServer.StartAsync(Way.Detached);
        ViewerServer[] servers = [first, second];
        var seed = Random.Shared.Next();
        using var stop = new CancellationTokenSource();
        var posting = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; await Task.Yield())
            {
                for (var index = 0; index < servers.Length; index++)
                {
                    servers[index].Post($"for {index}");
                    servers[index].Flush();
                }
            }
        });
        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            var random = new Random(seed + number);
            var own = random.Next(servers.Length);
            using var viewer = await servers[own].WatchAsync();
            for (var reads = random.Next(4); reads > 0; reads--)
                await viewer.ReceiveAsync(4_000);
            Assert.True(viewer.Comments().All(text => text == $"for {own}"), $"seed {seed}, number {number}: bytes of another room");
            viewer.Socket.LingerState = new LingerOption(random.Next(2) == 0, 0);
        });
        await stop.CancelAsync();
        await posting;
        await Eventually.UntilAsync("everybody has left", () => servers.All(server => server.Staying == 0));
    }

    [Fact]
    public async Task A_descriptor_that_is_written_to_is_not_closed_before_its_viewer_is()
    {
        using var listening = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var peer = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listening.LocalEndPoint!);
        var viewer = new HeldViewer(await listening.AcceptAsync());
        var disposing = Task.Run(viewer.Socket.Dispose);
        await Eventually.UntilAsync("nobody else can use the socket", () => Record.Exception(() => viewer.Socket.Available) is ObjectDisposedException);
        Assert.True(HeldViewer.IsOpen(viewer.Descriptor));
        Assert.False(disposing.IsCompleted);
        viewer.Close(CloseReason.Left, whole: true);
        await Eventually.WithinAsync("the socket is disposed of", disposing);
    }

    private sealed class HeldViewer : DirectViewer
    {
        public HeldViewer(Socket socket) : base(null!, null)
        {
            Socket = socket;
            HoldDescriptor();
        }

        public static bool IsOpen(int descriptor) => File.Exists($"/proc/self/fd/{descriptor}");

        protected override void OnClosed(CloseReason reason, bool whole)
        {
        }
    }
}
