using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Redis;

/// <summary>Logs in and pings, by hand: <c>*2 $4 AUTH ...</c>, then <c>PING</c> answered by <c>+PONG</c>.</summary>
internal sealed class RedisHealthCheck(RedisResource redis) : IHealthCheck
{
    // It answers within a millisecond, or it is loading its data.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, redis.PrimaryEndpoint.Port, timeout.Token).ConfigureAwait(false);
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            if (redis.PasswordParameter is { } password)
            {
                var secret = await password.GetValueAsync(timeout.Token).ConfigureAwait(false) ?? "";
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"*2\r\n$4\r\nAUTH\r\n${Encoding.UTF8.GetByteCount(secret)}\r\n{secret}\r\n"), timeout.Token).ConfigureAwait(false);
                var login = await reader.ReadLineAsync(timeout.Token).ConfigureAwait(false);
                if (login != "+OK")
                    return HealthCheckResult.Unhealthy(login ?? "closed the connection");
            }

            await stream.WriteAsync("PING\r\n"u8.ToArray(), timeout.Token).ConfigureAwait(false);
            var answer = await reader.ReadLineAsync(timeout.Token).ConfigureAwait(false);
            return answer == "+PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(answer ?? "closed the connection");
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("does not answer yet", failure);
        }
    }
}
