using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static class RedisBuilderExtensions
{
    private const string Image = "library/redis";
    private const string Tag = "8.6";
    private const string Registry = "docker.io";
    private const string DataFolderInContainer = "/data";

    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port) => builder.AddRedis(name, port, null);

    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        // The connection string separates its parts by commas: no special characters.
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, secret);
        var key = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new(key, _ => new RedisHealthCheck(redis), failureStatus: null, tags: null));
        return builder.AddResource(redis)
            .WithAnnotation(new RedisProgram(redis))
            .WithEndpoint(port: port, targetPort: 6379, scheme: "redis", name: RedisResource.PrimaryEndpointName)
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithHealthCheck(key)
            // For the container; the program of this machine is told otherwise.
            .WithEnvironment(context =>
            {
                if (redis.PasswordParameter is { } given)
                    context.EnvironmentVariables["REDIS_PASSWORD"] = given;
            })
            .WithArgs(context =>
            {
                redis.Entrypoint = "/bin/sh";
                List<string> command = ["redis-server"];
                if (redis.PasswordParameter is not null)
                    command.AddRange(["--requirepass", "$REDIS_PASSWORD"]);
                if (redis.Annotations.OfType<RedisPersistence>().LastOrDefault() is { } persistence)
                    command.AddRange(["--save", ((int)persistence.Interval.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture), persistence.KeysChanged.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                context.Args.Add("-c");
                context.Args.Add(string.Join(' ', command));
                return Task.CompletedTask;
            });
    }

    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
    {
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataFolderInContainer, isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    public static IResourceBuilder<RedisResource> WithDataBindMount(this IResourceBuilder<RedisResource> builder, string source, bool isReadOnly = false)
    {
        builder.WithBindMount(source, DataFolderInContainer, isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    public static IResourceBuilder<RedisResource> WithPersistence(this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1) =>
        builder.WithAnnotation(new RedisPersistence(interval ?? RedisPersistence.DefaultInterval, keysChangedThreshold), ResourceAnnotationMutationBehavior.Replace);

    public static IResourceBuilder<RedisResource> WithPassword(this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        builder.Resource.SetPassword(password?.Resource);
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithHostPort(this IResourceBuilder<RedisResource> builder, int? port) =>
        builder.WithEndpoint(RedisResource.PrimaryEndpointName, endpoint => endpoint.Port = port);
}
