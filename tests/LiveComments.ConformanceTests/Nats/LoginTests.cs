using LiveComments.TestSupport;
using NATS.Client.Core;

namespace LiveComments.ConformanceTests.Nats;

public sealed class LoginTests
{
    private const string UserConfiguration = """authorization { user: "nats", password: "p@ss:w/rd" }""";
    private const string TokenConfiguration = """authorization { token: "s3cret" }""";

    [Fact]
    public async Task User_and_password_open_the_connection_from_options_or_url()
    {
        await using var server = await StartAsync(UserConfiguration);
        await using var byOptions = await NatsTesting.ConnectAsync(NatsTesting.Opts(server) with { AuthOpts = new NatsAuthOpts { Username = "nats", Password = "p@ss:w/rd" } });
        await using var byUrl = await NatsTesting.ConnectAsync(NatsTesting.Opts(server) with { Url = $"nats://nats:{Uri.EscapeDataString("p@ss:w/rd")}@localhost:{server.Port}" });
        await byOptions.PingAsync();
        await byUrl.PingAsync();
        Assert.Equal("nats", byUrl.Opts.AuthOpts.Username);
        Assert.Equal("p@ss:w/rd", byUrl.Opts.AuthOpts.Password);
    }

    [Fact]
    public async Task Token_opens_the_connection_from_options_or_url()
    {
        await using var server = await StartAsync(TokenConfiguration);
        await using var byOptions = await NatsTesting.ConnectAsync(NatsTesting.Opts(server) with { AuthOpts = new NatsAuthOpts { Token = "s3cret" } });
        await using var byUrl = await NatsTesting.ConnectAsync(NatsTesting.Opts(server) with { Url = $"nats://s3cret@localhost:{server.Port}" });
        await byOptions.PingAsync();
        await byUrl.PingAsync();
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_with_the_servers_word()
    {
        await using var server = await StartAsync(UserConfiguration);
        foreach (var auth in new NatsAuthOpts[] { new(), new() { Username = "nats", Password = "wrong" }, new() { Token = "s3cret" } })
        {
            await using var nats = new NatsConnection(NatsTesting.Opts(server) with { AuthOpts = auth });
            var exception = await Assert.ThrowsAsync<NatsException>(async () => await nats.ConnectAsync());
            var reason = Assert.IsType<NatsServerException>(exception.InnerException);
            Assert.True(reason.IsAuthError);
            Assert.Equal("authorization violation", reason.Error);
            Assert.NotEqual(NatsConnectionState.Open, nats.ConnectionState);
        }
    }

    [Fact]
    public async Task Credentials_that_are_refused_again_and_again_end_the_retries()
    {
        await using var server = await StartAsync(UserConfiguration);
        await using var nats = new NatsConnection(NatsTesting.Opts(server) with
        {
            AuthOpts = new NatsAuthOpts { Username = "nats", Password = "wrong" },
            RetryOnInitialConnect = true,
        });
        await Assert.ThrowsAnyAsync<NatsException>(() => Eventually.WithinAsync("the connection is given up", nats.ConnectAsync().AsTask()));
        Assert.Equal(NatsConnectionState.Failed, nats.ConnectionState);
    }

    private static async Task<NatsServer> StartAsync(string configuration)
    {
        var server = new NatsServer { Configuration = configuration };
        await server.StartAsync();
        return server;
    }
}
