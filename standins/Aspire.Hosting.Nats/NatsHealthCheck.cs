using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Nats;

/// <summary>Logs in and pings, by hand: <c>INFO</c> from the server, <c>CONNECT</c> and <c>PING</c>, answered by <c>PONG</c>.</summary>
internal sealed class NatsHealthCheck(NatsServerResource nats) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, nats.PrimaryEndpoint.Port, timeout.Token).ConfigureAwait(false);
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            var info = await reader.ReadLineAsync(timeout.Token).ConfigureAwait(false) ?? "";
            if (nats.HasAnnotationOfType<JetStreamEnabled>() && !info.Contains("\"jetstream\":true", StringComparison.Ordinal))
                return HealthCheckResult.Unhealthy("JetStream is not up yet");

            var login = JsonSerializer.Serialize(new
            {
                verbose = false,
                pedantic = false,
                lang = "none",
                version = "0",
                user = nats.PasswordParameter is null ? null : await nats.UserNameReference.GetValueAsync(timeout.Token).ConfigureAwait(false),
                pass = nats.PasswordParameter is { } password ? await password.GetValueAsync(timeout.Token).ConfigureAwait(false) : null,
            });
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"CONNECT {login}\r\nPING\r\n"), timeout.Token).ConfigureAwait(false);
            var answer = await reader.ReadLineAsync(timeout.Token).ConfigureAwait(false);
            return answer == "PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(answer ?? "closed the connection");
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("does not answer yet", failure);
        }
    }
}
