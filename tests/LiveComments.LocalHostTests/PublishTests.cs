using System.Text.RegularExpressions;

namespace LiveComments.LocalHostTests;

/// <summary>The picture written down for Docker Compose. No Docker is here to run it: what is in the file is looked at.</summary>
public sealed partial class PublishTests
{
    [Fact]
    public async Task Compose_file_has_every_service_its_references_and_no_secret()
    {
        using var folders = new Folders();
        var output = Path.Combine(folders.Data, "published");
        await using var host = HostProcess.Start(folders, "--operation", "publish", "--step", "publish", "--output-path", output);

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Empty(host.Errors);
        var yaml = await File.ReadAllTextAsync(Path.Combine(output, "docker-compose.yaml"));
        var compose = SimpleYaml.Parse(yaml);

        Assert.Equal(["postgres", "redis", "nats", "api", "gateway", "fanout-1", "fanout-2"], Keys(compose, "services"));
        Assert.Equal("docker.io/library/postgres:18.3", compose["services/postgres/image"]);
        Assert.Equal("comments", compose["services/postgres/environment/POSTGRES_DB"]);
        Assert.Equal("${API_IMAGE}", compose["services/api/image"]);
        Assert.Equal("Host=postgres;Port=5432;Username=postgres;Password=${POSTGRES_PASSWORD};Database=comments", compose["services/api/environment/ConnectionStrings__comments"]);
        Assert.Equal("redis:6379,password=${REDIS_PASSWORD}", compose["services/fanout-2/environment/ConnectionStrings__redis"]);
        Assert.Equal("nats://nats:${NATS_PASSWORD}@nats:4222", compose["services/fanout-1/environment/ConnectionStrings__nats"]);
        Assert.Equal("http://fanout-2:${FANOUT_2_PORT}", compose["services/gateway/environment/services__fanout-2__http__0"]);
        Assert.Equal("${API_PORT}", compose["services/api/environment/HTTP_PORTS"]);
        Assert.Equal("Production", compose["services/api/environment/ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal("8080:${GATEWAY_PORT}", compose["services/gateway/ports/0"]);
        Assert.Equal("service_started", compose["services/api/depends_on/nats/condition"]);
        Assert.Equal("30s", compose["services/gateway/stop_grace_period"]);
        Assert.Equal("65536", compose["services/fanout-1/ulimits/nofile/hard"]);
        Assert.Contains("redis-server --requirepass $$REDIS_PASSWORD", compose["services/redis/command/1"], StringComparison.Ordinal);
        Assert.Contains("-js", compose.Where(entry => entry.Key.StartsWith("services/nats/command/", StringComparison.Ordinal)).Select(entry => entry.Value));
        // Only the gateway can be reached from outside.
        Assert.DoesNotContain(compose.Keys, key => key.Contains("/ports/", StringComparison.Ordinal) && !key.StartsWith("services/gateway/", StringComparison.Ordinal));
        // Volumes that are used are there.
        Assert.Equal(compose.Where(entry => entry.Key.EndsWith("/source", StringComparison.Ordinal)).Select(entry => entry.Value).Order(), Keys(compose, "volumes").Order());

        // Every setting that the file names is in .env, with no value: nothing secret is written down.
        var settings = await File.ReadAllLinesAsync(Path.Combine(output, ".env"));
        Assert.Equal(Setting().Matches(yaml).Select(match => match.Groups[1].Value).Distinct().Order(), settings.Where(line => line.EndsWith('=')).Select(line => line[..^1]).Order());
        Assert.Empty(Directory.Exists(Path.Combine(folders.Data, "livecomments")) ? Directory.EnumerateFiles(Path.Combine(folders.Data, "livecomments"), "*-secrets.json") : []);

        // Again: what was filled in stays.
        await File.WriteAllTextAsync(Path.Combine(output, ".env"), "API_IMAGE=registry/api:1\n");
        await using var again = HostProcess.Start(folders, "--operation", "publish", "--output-path", output);
        Assert.Equal(0, await again.ExitCodeAsync());
        Assert.Contains("API_IMAGE=registry/api:1", await File.ReadAllLinesAsync(Path.Combine(output, ".env")));
    }

    [Fact]
    public async Task Step_that_is_not_known_is_one_sentence()
    {
        using var folders = new Folders();
        await using var host = HostProcess.Start(folders, "--operation", "publish", "--step", "conjure", "--output-path", folders.Data);

        Assert.Equal(1, await host.ExitCodeAsync());
        Assert.Equal("The step 'conjure' is not known here; 'publish' is.", Assert.Single(host.Errors));
    }

    private static List<string> Keys(IReadOnlyDictionary<string, string> compose, string section) =>
        [.. compose.Keys.Where(key => key.StartsWith(section + "/", StringComparison.Ordinal)).Select(key => key.Split('/')[1]).Distinct()];

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Setting();
}
