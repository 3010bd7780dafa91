using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Nats;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static class NatsBuilderExtensions
{
    private const string Image = "library/nats";
    private const string Tag = "2.14";
    private const string Registry = "docker.io";
    private const string DataFolderInContainer = "/var/lib/nats";

    public static IResourceBuilder<NatsServerResource> AddNats(this IDistributedApplicationBuilder builder, string name, int? port) => builder.AddNats(name, port, null);

    public static IResourceBuilder<NatsServerResource> AddNats(this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var nats = new NatsServerResource(name, userName?.Resource, secret);
        var key = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new(key, _ => new NatsHealthCheck(nats), failureStatus: null, tags: null));
        return builder.AddResource(nats)
            .WithAnnotation(new NatsProgram(nats))
            .WithEndpoint(port: port, targetPort: 4222, name: NatsServerResource.PrimaryEndpointName)
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithHealthCheck(key)
            // For the container; the program of this machine is told otherwise.
            .WithArgs(context =>
            {
                foreach (var argument in new object[] { "--user", nats.UserNameReference, "--pass", nats.PasswordParameter! })
                    context.Args.Add(argument);
                if (nats.HasAnnotationOfType<JetStreamEnabled>())
                    context.Args.Add("-js");
                if (nats.Annotations.OfType<ContainerMountAnnotation>().LastOrDefault() is { } store)
                {
                    context.Args.Add("-sd");
                    context.Args.Add(store.Target);
                }

                return Task.CompletedTask;
            });
    }

    public static IResourceBuilder<NatsServerResource> WithJetStream(this IResourceBuilder<NatsServerResource> builder) => builder.WithAnnotation<JetStreamEnabled>(ResourceAnnotationMutationBehavior.Replace);

    public static IResourceBuilder<NatsServerResource> WithDataVolume(this IResourceBuilder<NatsServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataFolderInContainer, isReadOnly);

    public static IResourceBuilder<NatsServerResource> WithDataBindMount(this IResourceBuilder<NatsServerResource> builder, string source, bool isReadOnly = false) =>
        builder.WithBindMount(source, DataFolderInContainer, isReadOnly);
}
