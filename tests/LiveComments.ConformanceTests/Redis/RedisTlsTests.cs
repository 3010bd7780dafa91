using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LiveComments.TestSupport;

namespace LiveComments.ConformanceTests.Redis;

/// <summary>The same client through TLS, which is another pair of pipes.</summary>
public sealed class RedisTlsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Commands_and_large_values_go_through_tls()
    {
        await using var proxy = new TlsProxy(redis.Server.Port);
        await using var connection = await redis.ConnectAsync(options =>
        {
            options.EndPoints.Clear();
            options.EndPoints.Add(IPAddress.Loopback, proxy.Port);
            options.Ssl = true;
            options.SslHost = "localhost";
            options.CertificateValidation += (_, certificate, _, _) => certificate?.GetCertHashString() == proxy.Thumbprint;
        });
        var db = connection.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
                Assert.Equal($"{worker}:{i}", (string?)await db.ExecuteAsync("ECHO", $"{worker}:{i}"));
        })));
        var value = RandomNumberGenerator.GetBytes(3_000_001);
        Assert.True(await db.StringSetAsync("tls", value));
        Assert.Equal(value, (byte[]?)await db.StringGetAsync("tls"));
        await proxy.CutAsync();
        await Eventually.UntilAsync("it reconnects after the line was cut", async () => (string?)await db.ExecuteAsync("ECHO", "again") == "again");
    }

    /// <summary>Ends TLS in front of a server that has none.</summary>
    private sealed class TlsProxy : IAsyncDisposable
    {
        private readonly X509Certificate2 _certificate = CreateCertificate();
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly System.Collections.Concurrent.ConcurrentBag<TcpClient> _clients = [];
        private readonly Task _accepting;

        public TlsProxy(int target)
        {
            _listener.Start();
            _accepting = AcceptAsync(target);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Thumbprint => _certificate.Thumbprint;

        public Task CutAsync()
        {
            while (_clients.TryTake(out var client))
                client.Dispose();
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await CutAsync();
            await _accepting;
            _certificate.Dispose();
            _stop.Dispose();
        }

        private async Task AcceptAsync(int target)
        {
            var pumps = new List<Task>();
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    _clients.Add(client);
                    pumps.Add(PumpAsync(client, target));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                await Task.WhenAll(pumps);
            }
        }

        private async Task PumpAsync(TcpClient client, int target)
        {
            try
            {
                using var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, target, _stop.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(_certificate);
                await Task.WhenAny(tls.CopyToAsync(server.GetStream(), _stop.Token), server.GetStream().CopyToAsync(tls, _stop.Token));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException or SocketException or InvalidOperationException)
            {
                // Cut: that is what the test does.
            }
            finally
            {
                client.Dispose();
            }
        }

        private static X509Certificate2 CreateCertificate()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var now = TimeProvider.System.GetUtcNow();
            using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }
}
