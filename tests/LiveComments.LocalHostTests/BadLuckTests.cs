using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LiveComments.LocalHostTests;

public sealed class BadLuckTests
{
    [Fact]
    public async Task Taken_port_is_told_in_one_sentence()
    {
        using var folders = new Folders();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await FailsAsync(folders, ["--http-port", port.ToString(CultureInfo.InvariantCulture)], 1, $"Port {port}", "'gateway'", "taken by another program", "choose another port");
    }

    [Theory]
    [InlineData("--http-port", "abc")]
    [InlineData("--http-port", "70000")]
    [InlineData("--fanout-nodes", "0")]
    public async Task Wrong_option_is_told_in_one_sentence(string option, string value)
    {
        using var folders = new Folders();
        await FailsAsync(folders, ["--ephemeral", option, value], 2, $"{option} must be a number from", $"not '{value}'");
    }

    [Fact]
    public async Task Kept_data_survives_a_kill_is_locked_while_in_use_and_its_damage_is_told()
    {
        using var folders = new Folders();
        string[] Arguments() => ["--http-port", TestSupport.ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture), "--fanout-nodes", "1"];

        await using (var first = await HostProcess.StartReadyAsync(folders, Arguments()))
        {
            await FailsAsync(folders, Arguments(), 1, "is in use by another running host", $"process {first.Id}");
            first.Signal("KILL");
            await first.ExitCodeAsync();
        }

        await using (var second = await HostProcess.StartReadyAsync(folders, Arguments()))
        {
            second.Signal("TERM");
            Assert.Equal(0, await second.ExitCodeAsync());
        }

        var version = Path.Combine(folders.Volume("postgres"), "cluster", "PG_VERSION");
        var sound = await File.ReadAllTextAsync(version);
        await File.WriteAllTextAsync(version, "");
        await FailsAsync(folders, Arguments(), 1, folders.Volume("postgres"), "is damaged", "PG_VERSION", "delete it to start afresh");
        await File.WriteAllTextAsync(version, sound);

        await File.WriteAllTextAsync(Path.Combine(folders.Volume("postgres"), "cluster", "global", "pg_control"), "garbage");
        await FailsAsync(folders, Arguments(), 1, "'postgres' ended", folders.Volume("postgres"), "delete it to start afresh");
    }

    [Fact]
    public async Task Damaged_JetStream_store_is_told()
    {
        using var folders = new Folders();
        var port = TestSupport.ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using (var host = await HostProcess.StartReadyAsync(folders, "--http-port", port, "--fanout-nodes", "1"))
        {
            host.Signal("TERM");
            await host.ExitCodeAsync();
        }

        var stream = Directory.CreateDirectory(Path.Combine(folders.Volume("nats"), "store", "jetstream", "$G", "streams", "LOG")).FullName;
        await File.WriteAllTextAsync(Path.Combine(stream, "meta.inf"), "garbage");
        await File.WriteAllTextAsync(Path.Combine(stream, "meta.sum"), "garbage");
        await FailsAsync(folders, ["--http-port", port], 1, "'nats'", folders.Volume("nats"), "damaged", "delete it to start afresh");
    }

    private static async Task FailsAsync(Folders folders, string[] arguments, int exitCode, params string[] words)
    {
        await using var host = HostProcess.Start(folders, arguments);
        Assert.Equal(exitCode, await host.ExitCodeAsync());
        await host.NothingLeftAsync();
        var sentence = Assert.Single(host.Errors);
        Assert.All(words, word => Assert.Contains(word, sentence, StringComparison.Ordinal));
        Assert.DoesNotContain(host.Output, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }
}
