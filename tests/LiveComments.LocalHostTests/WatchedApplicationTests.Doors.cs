using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LiveComments.LocalHostTests;

/// <summary>Who gets in where, of all that the local host starts.</summary>
public sealed partial class WatchedApplicationTests
{
    private const byte PostgresAuthentication = (byte)'R';
    private const byte PostgresError = (byte)'E';
    private const int PostgresVersion = 196_608;
    private const int ScramOffered = 10;
    private const int ScramContinues = 11;

    [Fact]
    public void Everything_that_is_started_listens_on_loopback_and_nowhere_else()
    {
        foreach (var resource in new[] { "postgres", "redis", "nats", "api", "fanout-1", "gateway" })
        {
            var sockets = ListeningSockets.Of(running.ProcessOf(resource));
            Assert.NotEmpty(sockets);
            Assert.All(sockets, socket => Assert.True(IPAddress.IsLoopback(socket.Address), $"{resource} listens on {socket}"));
        }

        // This process has the dashboard.
        var own = ListeningSockets.Of(Environment.ProcessId);
        Assert.Contains(own, socket => socket.Port == _dashboard.Port);
        Assert.All(own, socket => Assert.True(IPAddress.IsLoopback(socket.Address), $"the host listens on {socket}"));
    }

    [Fact]
    public async Task Redis_obeys_nobody_without_its_password()
    {
        var port = PortOf("REDIS_PORT");
        foreach (var login in new[] { "", "AUTH wrong\r\n", "AUTH default \"\"\r\n", "AUTH default wrong\r\n", "AUTH nobody wrong\r\n", "HELLO 3 AUTH default wrong\r\n" })
        {
            foreach (var command in new[] { "PING", "INFO", "CONFIG GET requirepass", "KEYS *", "EVAL return(1) 0", "DEBUG SLEEP 0", "SHUTDOWN NOSAVE" })
            {
                var answer = await TalkAsync(port, null, $"{login}{command}\r\n", text => text.Split("\r\n").Length > (login.Length == 0 ? 1 : 2));
                Assert.All(answer.Split("\r\n", StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("-", line, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Nats_lets_nobody_in_without_its_password()
    {
        var port = new Uri(running.EnvironmentOf("api")["ConnectionStrings__nats"]).Port;
        foreach (var login in new[] { "{}", """{"user":"nats"}""", """{"user":"nats","pass":""}""", """{"user":"nats","pass":"wrong"}""", """{"auth_token":"wrong"}""", """{"user":"nobody","pass":"wrong"}""", """{"nkey":"U","sig":"x"}""" })
        {
            var answer = await TalkAsync(port, "INFO ", $"CONNECT {login}\r\nPING\r\nSUB > 1\r\n", text => text.Contains("-ERR", StringComparison.Ordinal) || text.Contains("PONG", StringComparison.Ordinal));
            Assert.Contains("\"auth_required\":true", answer, StringComparison.Ordinal);
            Assert.Contains("-ERR 'Authorization Violation'", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("PONG", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Postgres_lets_nobody_in_without_the_password()
    {
        var port = PortOf("COMMENTS_PORT");
        foreach (var (user, database) in new[] { ("postgres", "comments"), ("postgres", "postgres"), ("postgres", "template1"), ("nobody", "comments"), ("root", "postgres") })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            var start = Encoding.ASCII.GetBytes($"    user\0{user}\0database\0{database}\0\0");
            BinaryPrimitives.WriteInt32BigEndian(start, PostgresVersion);
            await SendAsync(stream, null, start);
            var (kind, body) = await ReadAsync(stream);
            Assert.Equal((PostgresAuthentication, ScramOffered), (kind, BinaryPrimitives.ReadInt32BigEndian(body)));

            // A proof that is none.
            var first = "n,,n=,r=a-nonce-of-the-client"u8.ToArray();
            var mechanism = "SCRAM-SHA-256\0    "u8.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(mechanism.AsSpan(mechanism.Length - sizeof(int)), first.Length);
            await SendAsync(stream, (byte)'p', [.. mechanism, .. first]);
            (kind, body) = await ReadAsync(stream);
            Assert.Equal((PostgresAuthentication, ScramContinues), (kind, BinaryPrimitives.ReadInt32BigEndian(body)));
            var nonce = Encoding.ASCII.GetString(body.AsSpan(sizeof(int))).Split(',')[0];
            await SendAsync(stream, (byte)'p', Encoding.ASCII.GetBytes($"c=biws,{nonce},p={Convert.ToBase64String(new byte[32])}"));
            (kind, body) = await ReadAsync(stream);
            Assert.Equal(PostgresError, kind);
            Assert.Contains("28P01", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_dashboard_shows_has_no_token_and_no_ticket_in_it()
    {
        using var client = running.App.CreateHttpClient("gateway");
        using var signedIn = await client.PostAsJsonAsync("/api/auth/dev-token", new { username = "dashboard-reader" });
        var token = (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var created = await client.PostAsJsonAsync("/api/streams", new { title = "A test" });
        var stream = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var given = await client.PostAsJsonAsync("/api/auth/tickets", new { streamId = stream });
        var ticket = (await given.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString()!;
        using var viewer = running.App.CreateHttpClient("gateway");
        foreach (var path in new[] { $"/live/streams/{stream}/events?ticket={ticket}", $"/live/streams/{stream}/events?ticket={ticket}", $"/api/streams/{stream}?access_token={token}&ticket={ticket}" })
        {
            using var answer = await viewer.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        }

        using var last = await client.GetAsync(new Uri("/api/streams/the-last-of-them", UriKind.Relative));
        using var dashboard = await DashboardClient.LoginAsync(_dashboard);
        await Eventually.UntilAsync("the dashboard has heard of the last request", async () =>
        {
            var traces = await dashboard.GetAsync("/api/traces");
            foreach (var trace in traces.EnumerateArray())
            {
                if ((await dashboard.GetAsync($"/api/traces/{trace.GetProperty("id").GetString()}")).ToString().Contains("the-last-of-them", StringComparison.Ordinal))
                    return true;
            }

            return false;
        });
        string[] secrets = [ticket, token[(token.LastIndexOf('.') + 1)..]];
        foreach (var trace in (await dashboard.GetAsync("/api/traces")).EnumerateArray())
        {
            var shown = (await dashboard.GetAsync($"/api/traces/{trace.GetProperty("id").GetString()}")).ToString();
            Assert.DoesNotContain(secrets, secret => shown.Contains(secret, StringComparison.Ordinal));
        }

        foreach (var resource in new[] { "api", "gateway", "fanout-1" })
        {
            var charts = (await dashboard.GetAsync($"/api/resources/{resource}/metrics")).ToString();
            Assert.DoesNotContain(secrets, secret => charts.Contains(secret, StringComparison.Ordinal));
        }
    }

    private int PortOf(string variable) => int.Parse(running.EnvironmentOf("api")[variable], CultureInfo.InvariantCulture);

    /// <summary>All that the server says until that is enough, or it hangs up.</summary>
    private static async Task<string> TalkAsync(int port, string? greeting, string words, Func<string, bool> isEnough)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        var said = new StringBuilder();
        if (greeting is not null)
            await ReadUntilAsync(text => text.StartsWith(greeting, StringComparison.Ordinal) && text.Contains('\n', StringComparison.Ordinal));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(words));
        await ReadUntilAsync(isEnough);
        return said.ToString();

        async Task ReadUntilAsync(Func<string, bool> enough)
        {
            var buffer = new byte[4096];
            while (!enough(said.ToString()))
            {
                int read;
                try
                {
                    read = await Eventually.WithinAsync("the server's answer", stream.ReadAsync(buffer).AsTask());
                }
                catch (IOException)
                {
                    return;
                }

                if (read == 0)
                    return;
                said.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
    }

    private static async Task SendAsync(NetworkStream stream, byte? kind, byte[] body)
    {
        var message = new byte[(kind is null ? 0 : 1) + sizeof(int) + body.Length];
        if (kind is { } first)
            message[0] = first;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(message.Length - body.Length - sizeof(int)), sizeof(int) + body.Length);
        body.CopyTo(message.AsSpan(message.Length - body.Length));
        await stream.WriteAsync(message);
    }

    private static async Task<(byte Kind, byte[] Body)> ReadAsync(NetworkStream stream)
    {
        var head = new byte[1 + sizeof(int)];
        await Eventually.WithinAsync("the database's answer", stream.ReadExactlyAsync(head).AsTask());
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - sizeof(int)];
        await Eventually.WithinAsync("the rest of it", stream.ReadExactlyAsync(body).AsTask());
        return (head[0], body);
    }
}
