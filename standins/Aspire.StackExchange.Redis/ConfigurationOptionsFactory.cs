using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Aspire.StackExchange.Redis;

/// <summary>Read late: a test or a later registration may still change the settings.</summary>
internal sealed record RedisConnectionString(StackExchangeRedisSettings Settings);

/// <summary>Starts the options from the connection string: a parsed string makes new options and can't fill given ones.</summary>
internal sealed class ConfigurationOptionsFactory(
    IServiceProvider services,
    IEnumerable<IConfigureOptions<ConfigurationOptions>> setups,
    IEnumerable<IPostConfigureOptions<ConfigurationOptions>> postConfigures,
    IEnumerable<IValidateOptions<ConfigurationOptions>> validations)
    : OptionsFactory<ConfigurationOptions>(setups, postConfigures, validations)
{
    protected override ConfigurationOptions CreateInstance(string name)
    {
        var connectionString = services.GetKeyedService<RedisConnectionString>(name)?.Settings.ConnectionString;
        var options = connectionString is null ? base.CreateInstance(name) : ConfigurationOptions.Parse(connectionString);
        // A provider that knows the endpoint (a cloud's) has better defaults than ours.
        if (options.Defaults.GetType() == typeof(DefaultOptionsProvider))
            options.Defaults = new RetryingDefaults();
        return options;
    }

    /// <summary>A Redis that isn't there yet is retried in the background; <c>abortConnect=true</c> in the string still wins.</summary>
    private sealed class RetryingDefaults : DefaultOptionsProvider
    {
        public override bool AbortOnConnectFail => false;
    }
}
