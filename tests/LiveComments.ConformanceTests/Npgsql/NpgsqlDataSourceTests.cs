using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using LiveComments.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace LiveComments.ConformanceTests.Npgsql;

/// <summary>The data source as Aspire's component registers it, against a real PostgreSQL.</summary>
public sealed class NpgsqlDataSourceTests(NpgsqlDataSourceTests.Fixture postgres) : IClassFixture<NpgsqlDataSourceTests.Fixture>
{
    [Fact]
    public async Task A_named_connection_string_gives_a_working_data_source()
    {
        var builder = Builder(("ConnectionStrings:db", postgres.Server.ConnectionString));
        builder.AddNpgsqlDataSource("db", configureDataSourceBuilder: source => source.ConnectionStringBuilder.ApplicationName = "conformance");
        using var host = builder.Build();
        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        Assert.Same(source, host.Services.GetRequiredService<DbDataSource>());
        await using var command = source.CreateCommand("SELECT current_setting('application_name')");
        Assert.Equal("conformance", await command.ExecuteScalarAsync());
        await using var connection = host.Services.GetRequiredService<NpgsqlConnection>();
        await connection.OpenAsync();
        Assert.NotSame(connection, host.Services.GetRequiredService<NpgsqlConnection>());
    }

    [Fact]
    public async Task Keyed_data_sources_are_told_apart()
    {
        var builder = Builder(("ConnectionStrings:one", postgres.Server.ConnectionString + ";Application Name=first"), ("ConnectionStrings:two", postgres.Server.ConnectionString + ";Application Name=second"));
        builder.AddKeyedNpgsqlDataSource("one");
        builder.AddKeyedNpgsqlDataSource("two");
        using var host = builder.Build();
        await using var command = host.Services.GetRequiredKeyedService<NpgsqlDataSource>("two").CreateCommand("SELECT current_setting('application_name')");
        Assert.Equal("second", await command.ExecuteScalarAsync());
        Assert.Null(host.Services.GetService<NpgsqlDataSource>());
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(["PostgreSql_one", "PostgreSql_two"], report.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, report.Status);
    }

    [Fact]
    public async Task The_health_check_follows_the_server()
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        var builder = Builder(("ConnectionStrings:db", server.ConnectionString + ";Timeout=2;Command Timeout=2"));
        builder.AddNpgsqlDataSource("db");
        using var host = builder.Build();
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await server.KillAsync();
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await server.StartAsync();
        await Eventually.UntilAsync("healthy again", async () => await HealthAsync(host) == HealthStatus.Healthy);
    }

    [Fact]
    public void A_missing_connection_string_is_told_when_the_data_source_is_wanted()
    {
        var builder = Builder();
        builder.AddNpgsqlDataSource("db");
        using var host = builder.Build();
        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<NpgsqlDataSource>());
        Assert.Contains("ConnectionStrings:db", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_switch_the_health_check_off()
    {
        var builder = Builder(("ConnectionStrings:db", "Host=nowhere"), ("Aspire:Npgsql:db:DisableHealthChecks", "true"));
        builder.AddNpgsqlDataSource("db");
        using var host = builder.Build();
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public async Task Commands_are_traced_when_the_host_has_telemetry()
    {
        var builder = Builder(("ConnectionStrings:db", postgres.Server.ConnectionString));
        builder.AddNpgsqlDataSource("db");
        var spans = new ConcurrentQueue<Activity>();
        using var telemetry = OpenTelemetrySdk.Create(sdk =>
        {
            foreach (var service in builder.Services)
                sdk.Services.Add(service);
            sdk.WithTracing(tracing => tracing.SetSampler(new AlwaysOnSampler()).AddProcessor(new Collector(spans)));
        });
        using var host = builder.Build();
        await using var command = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync();
        Assert.Contains(spans, span => span.Source.Name == "Npgsql");
    }

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] configuration)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        return builder;
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["PostgreSql"].Status;

    private sealed class Collector(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public PostgresServer Server { get; } = new();

        public Task InitializeAsync() => Server.StartAsync();

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
