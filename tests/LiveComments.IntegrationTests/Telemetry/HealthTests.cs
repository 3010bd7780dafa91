using System.Net;
using System.Text.Json;
using LiveComments.ServiceDefaults.Health;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Telemetry;

/// <summary>What the services say of themselves and their parts, with parts that hang or are gone.</summary>
[Collection(SeenCollection.Name)]
public sealed class HealthTests(SeenSystem system)
{
    private const string TimedOut = "No answer in time.";

    [Fact]
    public async Task Each_service_tells_of_the_parts_that_it_has_and_of_no_others()
    {
        foreach (var (service, parts, checks) in new[]
        {
            (system.Api, new[] { "db", "redis", "nats" }, new[] { "log", "log-comparison", "stopping" }),
            (system.Fanout, ["redis", "nats"], ["log", "stopping"]),
            (system.Gateway, [], ["gateway", "stopping"]),
        })
        {
            var ready = await AskAsync(service, "/health");
            Assert.Equal((HttpStatusCode.OK, "Healthy"), (ready.Status, ready.Word));
            Assert.Superset(checks.ToHashSet(), ready.Checks.Keys.ToHashSet());
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(service, "/alive")).Status);
            foreach (var part in new[] { "db", "redis", "nats" })
            {
                var answer = await AskAsync(service, $"/health/{part}");
                Assert.Equal(parts.Contains(part) ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.Status);
                Assert.Equal(parts.Contains(part) ? [part] : [], answer.Checks.Keys);
            }
        }
    }

    [Fact]
    public async Task A_database_that_hangs_is_told_after_two_seconds_and_Api_stays_ready()
    {
        await WhileAsync(system.Postgres, async () =>
        {
            await HangsAsync(system.Api, "db", HealthEndpoints.DatabaseTimeout);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(system.Api, "/health")).Status);
        });
        await BackAsync(system.Api, "db");
    }

    [Fact]
    public async Task Redis_that_hangs_is_told_after_a_second_and_both_services_stay_ready()
    {
        await WhileAsync(system.Redis, async () =>
        {
            await Task.WhenAll(HangsAsync(system.Api, "redis", HealthEndpoints.RedisTimeout), HangsAsync(system.Fanout, "redis", HealthEndpoints.RedisTimeout));
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(system.Api, "/health")).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(system.Fanout, "/health")).Status);
        });
        await BackAsync(system.Api, "redis");
        await BackAsync(system.Fanout, "redis");
    }

    [Fact]
    public async Task Nats_that_hangs_is_told_after_a_second()
    {
        await WhileAsync(system.Nats, () => Task.WhenAll(HangsAsync(system.Api, "nats", HealthEndpoints.NatsTimeout), HangsAsync(system.Fanout, "nats", HealthEndpoints.NatsTimeout)));
        await BackAsync(system.Api, "nats");
        await BackAsync(system.Fanout, "nats");
    }

    [Fact]
    public async Task A_node_is_not_ready_before_it_knows_the_epoch()
    {
        await using var path = await WritePath.StartAsync(apis: 0);
        await using var node = new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string> { ["ConnectionStrings__nats"] = path.Nats.Url, ["Auth__SigningKey"] = SeenSystem.SigningKey });
        var starting = node.StartAsync();
        var early = await Eventually.GetAsync("the node answers", async () => await AskAsync(node, "/health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.Status);
        Assert.Equal("The log has not been found yet.", early.Checks["log"].GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(node, "/alive")).Status);

        await using var api = new ServiceProcess("LiveComments.Api", new Dictionary<string, string>
        {
            ["ConnectionStrings__comments"] = path.Postgres.ConnectionString,
            ["ConnectionStrings__redis"] = path.Redis.ConnectionString,
            ["ConnectionStrings__nats"] = path.Nats.Url,
            ["Auth__SigningKey"] = SeenSystem.SigningKey,
        });
        await api.StartAsync();
        await Eventually.WithinAsync("the node is ready", starting);
        Assert.Equal("1", (await AskAsync(node, "/health")).Checks["log"].GetProperty("epoch").GetString());

        // Gone, not only silent: nobody waits for a time-out then, and no reason names an address or a user.
        await path.Postgres.KillAsync();
        var gone = await Eventually.GetAsync("Postgres is missed", async () => await AskAsync(api, "/health/db") is { Status: HttpStatusCode.ServiceUnavailable } answer ? answer : null);
        Assert.Equal("Not reachable, or refused.", gone.Checks["db"].GetProperty("reason").GetString());
    }

    private static async Task HangsAsync(ServiceProcess service, string part, TimeSpan timeout)
    {
        var answer = await Eventually.WithinAsync($"{part} is told", AskAsync(service, $"/health/{part}"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), (answer.Status, answer.Word));
        Assert.Equal(TimedOut, answer.Checks[part].GetProperty("reason").GetString());
        // A timer may be a little early; how late it is depends on who else is busy.
        Assert.True(answer.Checks[part].GetProperty("ms").GetDouble() >= 0.9 * timeout.TotalMilliseconds);
    }

    private static Task BackAsync(ServiceProcess service, string part) =>
        Eventually.UntilAsync($"{part} is back", async () => (await AskAsync(service, $"/health/{part}")).Status == HttpStatusCode.OK);

    private static async Task WhileAsync(ServerProcess server, Func<Task> hangs)
    {
        server.Pause();
        try
        {
            await hangs();
        }
        finally
        {
            server.Resume();
        }
    }

    private static async Task<Answer> AskAsync(ServiceProcess service, string path)
    {
        using var client = new HttpClient { BaseAddress = service.Address };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
            return new Answer(response.StatusCode, null, []);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return new Answer(
            response.StatusCode, body.RootElement.GetProperty("status").GetString(),
            body.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.Clone()));
    }

    private sealed record Answer(HttpStatusCode Status, string? Word, Dictionary<string, JsonElement> Checks);
}
