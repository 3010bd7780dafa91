using System.Data.Common;
using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers an Npgsql data source with a host.</summary>
/// <remarks>
/// Settings, the later ones winning: <c>Aspire:Npgsql</c>, <c>Aspire:Npgsql:{name}</c>, <c>ConnectionStrings:{name}</c>, the caller's delegate.
/// </remarks>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";
    // Npgsql names its activity source and its meter so.
    private const string TelemetryName = "Npgsql";

    public static void AddNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName,
        Action<NpgsqlSettings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) =>
        Add(builder, connectionName, null, configureSettings, configureDataSourceBuilder);

    public static void AddKeyedNpgsqlDataSource(this IHostApplicationBuilder builder, string name,
        Action<NpgsqlSettings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Add(builder, name, name, configureSettings, configureDataSourceBuilder);
    }

    private static void Add(IHostApplicationBuilder builder, string connectionName, string? key,
        Action<NpgsqlSettings>? configureSettings, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new NpgsqlSettings();
        var section = builder.Configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (builder.Configuration.GetConnectionString(connectionName) is { } connectionString)
            settings.ConnectionString = connectionString;
        configureSettings?.Invoke(settings);

        AddDataSource(builder.Services, key, services => Build(services, settings, connectionName, configureDataSourceBuilder));
        NpgsqlDataSource Resolve(IServiceProvider services) => key is null
            ? services.GetRequiredService<NpgsqlDataSource>()
            : services.GetRequiredKeyedService<NpgsqlDataSource>(key);

        if (!settings.DisableHealthChecks)
            AddHealthCheck(builder, key is null ? "PostgreSql" : $"PostgreSql_{connectionName}", Resolve);
        if (!settings.DisableTracing)
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(TelemetryName));
        if (!settings.DisableMetrics)
            builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(TelemetryName));
    }

    // Late, so that a missing connection string is told where it is missed and can be logged.
    private static NpgsqlDataSource Build(IServiceProvider services, NpgsqlSettings settings, string connectionName,
        Action<NpgsqlDataSourceBuilder>? configure)
    {
        if (string.IsNullOrWhiteSpace(settings.ConnectionString))
        {
            throw new InvalidOperationException(
                $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' or under the 'ConnectionString' key in '{Section}' configuration section.");
        }

        var dataSource = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        dataSource.UseLoggerFactory(services.GetService<ILoggerFactory>());
        configure?.Invoke(dataSource);
        return dataSource.Build();
    }

    // Connections are per user and disposed by their scope; the data source is the pool, one for all.
    private static void AddDataSource(IServiceCollection services, string? key, Func<IServiceProvider, NpgsqlDataSource> build)
    {
        if (key is null)
        {
            services.TryAddSingleton(build);
            services.TryAddSingleton<DbDataSource>(provider => provider.GetRequiredService<NpgsqlDataSource>());
            services.TryAddTransient(provider => provider.GetRequiredService<NpgsqlDataSource>().CreateConnection());
            services.TryAddTransient<DbConnection>(provider => provider.GetRequiredService<NpgsqlConnection>());
            return;
        }

        services.TryAddKeyedSingleton(key, (provider, _) => build(provider));
        services.TryAddKeyedSingleton<DbDataSource>(key, (provider, k) => provider.GetRequiredKeyedService<NpgsqlDataSource>(k));
        services.TryAddKeyedTransient(key, (provider, k) => provider.GetRequiredKeyedService<NpgsqlDataSource>(k).CreateConnection());
        services.TryAddKeyedTransient<DbConnection>(key, (provider, k) => provider.GetRequiredKeyedService<NpgsqlConnection>(k));
    }

    private static void AddHealthCheck(IHostApplicationBuilder builder, string name, Func<IServiceProvider, NpgsqlDataSource> resolve)
    {
        // A second data source of the same name must not fail the health service, which wants names to be unique.
        if (!builder.Properties.TryAdd($"Aspire.HealthChecks.{name}", true))
            return;
        builder.Services.AddHealthChecks().Add(
            new HealthCheckRegistration(name, services => new NpgsqlHealthCheck(() => resolve(services)), failureStatus: null, tags: null));
    }
}
