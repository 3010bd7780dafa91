namespace LiveComments.LocalHostTests;

public sealed class LifeTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Host_says_ready_once_and_a_signal_ends_it_without_leftovers(string signal)
    {
        using var folders = new Folders();
        await using var host = await HostProcess.StartReadyAsync(folders, "--ephemeral", "--fanout-nodes", "1");
        using var client = new HttpClient();

        Assert.StartsWith("{\"status\":\"Healthy\"", await client.GetStringAsync(new Uri(new Uri(host.Url), "/health")), StringComparison.Ordinal);
        Assert.Single(host.Output, line => line.StartsWith("Ready: ", StringComparison.Ordinal));
        Assert.Single(host.Output, line => line.StartsWith("Local host: ", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Output, line => line.StartsWith("fanout-2", StringComparison.Ordinal));

        host.Signal(signal);

        Assert.Equal(0, await host.ExitCodeAsync());
        await host.NothingLeftAsync();
        Assert.Empty(host.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folders.Temporary, "livecomments-*"));
    }

    [Fact]
    public async Task Killed_host_leaves_neither_process_nor_throw_away_folder()
    {
        using var folders = new Folders();
        await using var host = await HostProcess.StartReadyAsync(folders, "--ephemeral");
        Assert.NotEmpty(host.Descendants());

        host.Signal("KILL");

        await host.ExitCodeAsync();
        await host.NothingLeftAsync();
        await Eventually.UntilAsync("the throw-away folder is removed", () => !Directory.EnumerateFileSystemEntries(folders.Temporary, "livecomments-*").Any());
    }

    [Fact]
    public async Task Two_ephemeral_hosts_run_side_by_side()
    {
        using var folders = new Folders();
        var starting = new[] { HostProcess.StartReadyAsync(folders, "--ephemeral", "--fanout-nodes", "1"), HostProcess.StartReadyAsync(folders, "--ephemeral", "--fanout-nodes", "1") };
        await using var one = await starting[0];
        await using var other = await starting[1];

        Assert.NotEqual(one.Url, other.Url);
        foreach (var host in new[] { one, other })
            host.Signal("TERM");
        Assert.Equal(0, await one.ExitCodeAsync());
        Assert.Equal(0, await other.ExitCodeAsync());
    }

    [Fact]
    public async Task No_password_is_seen_on_a_command_line()
    {
        using var folders = new Folders();
        var port = TestSupport.ServerProcess.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using var host = await HostProcess.StartReadyAsync(folders, "--http-port", port, "--fanout-nodes", "1");
        var file = Directory.EnumerateFiles(Path.Combine(folders.Data, "livecomments"), "*-secrets.json").Single();
        var secrets = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(file))!;

        Assert.Equal(4, secrets.Count);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file));
        Assert.All(host.Descendants(), process => Assert.DoesNotContain(secrets.Values, secret => process.CommandLine.Contains(secret, StringComparison.Ordinal)));
        Assert.All(host.Output, line => Assert.DoesNotContain(secrets.Values, secret => line.Contains(secret, StringComparison.Ordinal)));
        foreach (var log in Directory.EnumerateFiles(Directory.EnumerateDirectories(Path.Combine(folders.Data, "livecomments"), "*-logs").Single()))
            Assert.DoesNotContain(secrets.Values, secret => File.ReadAllText(log).Contains(secret, StringComparison.Ordinal));
        // Whatever file has one in it is its owner's alone, and so is the folder that all of them lie in.
        var holders = Directory.EnumerateFiles(folders.Data, "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(folders.Temporary, "*", SearchOption.AllDirectories))
            // Those are held, and empty.
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal) && HasAny(path, secrets.Values)).ToList();
        Assert.Contains(file, holders);
        Assert.All(holders, path => Assert.Equal(UnixFileMode.None, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)));
        host.Signal("TERM");
        await host.ExitCodeAsync();
    }

    private static bool HasAny(string path, IEnumerable<string> secrets)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return secrets.Any(secret => bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)) >= 0);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // A server is at work there.
            return false;
        }
    }
}
