namespace LiveComments.LocalHostTests;

/// <summary>Services get the variables that Aspire gives them.</summary>
public sealed class EnvironmentTests(RunningApplication running) : IClassFixture<RunningApplication>
{
    [Fact]
    public async Task Connection_strings_have_Aspires_shape()
    {
        var api = running.EnvironmentOf("api");

        Assert.Matches("^Host=localhost;Port=[0-9]+;Username=postgres;Password=[A-Za-z0-9]{40};Database=comments$", api["ConnectionStrings__comments"]);
        Assert.Matches("^localhost:[0-9]+,password=[A-Za-z0-9]{40}$", api["ConnectionStrings__redis"]);
        Assert.Matches("^nats://nats:[A-Za-z0-9]{40}@localhost:[0-9]+$", api["ConnectionStrings__nats"]);
        Assert.Equal(api["ConnectionStrings__comments"], await running.App.GetConnectionStringAsync("comments"));
        Assert.Equal(api["ConnectionStrings__redis"], await running.App.GetConnectionStringAsync("redis"));
    }

    [Fact]
    public void Connection_properties_stand_beside_the_connection_string()
    {
        var api = running.EnvironmentOf("api");
        var port = api["COMMENTS_PORT"];

        Assert.Equal("localhost", api["COMMENTS_HOST"]);
        Assert.Equal("postgres", api["COMMENTS_USERNAME"]);
        Assert.Equal("comments", api["COMMENTS_DATABASENAME"]);
        Assert.Equal($"postgresql://postgres:{api["COMMENTS_PASSWORD"]}@localhost:{port}/comments", api["COMMENTS_URI"]);
        Assert.Equal($"jdbc:postgresql://localhost:{port}/comments", api["COMMENTS_JDBCCONNECTIONSTRING"]);
        Assert.Equal($"redis://:{api["REDIS_PASSWORD"]}@localhost:{api["REDIS_PORT"]}", api["REDIS_URI"]);
        Assert.Equal("nats", api["NATS_USERNAME"]);
        Assert.Equal(api["ConnectionStrings__nats"], api["NATS_URI"]);
    }

    [Fact]
    public void Services_find_each_other_by_name()
    {
        var gateway = running.EnvironmentOf("gateway");
        var api = running.EnvironmentOf("api");

        Assert.Equal(api["ASPNETCORE_URLS"], gateway["services__api__http__0"]);
        Assert.Equal(api["ASPNETCORE_URLS"], gateway["API_HTTP"]);
        Assert.Equal(gateway["services__fanout-1__http__0"], gateway["FANOUT_1_HTTP"]);
        Assert.Matches("^http://localhost:[0-9]+$", gateway["FANOUT_1_HTTP"]);
    }

    [Fact]
    public void Projects_learn_where_to_listen_and_who_they_are()
    {
        var api = running.EnvironmentOf("api");

        Assert.Matches("^http://localhost:[0-9]+$", api["ASPNETCORE_URLS"]);
        Assert.Equal("Development", api["ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal("simple", api["LOGGING__CONSOLE__FORMATTERNAME"]);
        Assert.Equal("api", api["OTEL_SERVICE_NAME"]);
        Assert.Matches("^service.instance.id=.+$", api["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.All(new[] { "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL" }, name => Assert.Equal("1000", api[name]));
        Assert.Equal("always_on", api["OTEL_TRACES_SAMPLER"]);
        Assert.Equal("trace_based", api["OTEL_METRICS_EXEMPLAR_FILTER"]);
        // No collector was given to this host, so none is given to its services.
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", api.Keys);
        Assert.DoesNotContain("DOTNET_LAUNCH_PROFILE", api.Keys);
    }

    [Fact]
    public async Task Testing_builder_gives_clients_for_the_services()
    {
        using var client = running.App.CreateHttpClient("gateway");

        Assert.StartsWith("{\"status\":\"Healthy\"", await client.GetStringAsync(new Uri("/health", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(running.App.GetEndpoint("gateway"), client.BaseAddress);
        Assert.NotEqual(8080, client.BaseAddress!.Port);
        Assert.Throws<ArgumentException>(() => running.App.GetEndpoint("nobody"));
    }
}
