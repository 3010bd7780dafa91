using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.Docker;

/// <summary>Writes <c>docker-compose.yaml</c>, and the names of what must be given into <c>.env</c>, where values that are there already stay.</summary>
internal sealed class ComposePublisher(DockerComposeEnvironmentResource environment) : Publisher
{
    private const string DashboardImage = "mcr.microsoft.com/dotnet/nightly/aspire-dashboard:latest";
    private const string DashboardPort = "18888";
    private const string OtlpPort = "18889";

    private string Network => environment.DefaultNetworkName ?? "aspire";

    private string DashboardName => $"{environment.Name}-dashboard";

    public override async Task<IReadOnlyList<string>> PublishAsync(DistributedApplicationModel model, DistributedApplicationExecutionContext context, string folder, CancellationToken cancellationToken)
    {
        var values = new ComposeValues();
        var services = new List<Service>();
        if (environment.DashboardEnabled)
            services.Add(new Service { Name = DashboardName, Image = DashboardImage, Ports = [DashboardPort], Expose = [OtlpPort, "18890"], Restart = "always" });
        foreach (var resource in model.Resources.OfType<IComputeResource>())
            services.Add(await ServiceAsync(resource, values, context, cancellationToken).ConfigureAwait(false));
        foreach (var service in services)
            service.Networks = [Network];

        Directory.CreateDirectory(folder);
        var compose = Path.Combine(folder, "docker-compose.yaml");
        await File.WriteAllTextAsync(compose, ComposeYaml.Write(services, Network), cancellationToken).ConfigureAwait(false);
        var settings = Path.Combine(folder, ".env");
        await WriteSettingsAsync(settings, values.Settings, cancellationToken).ConfigureAwait(false);
        return [compose, settings];
    }

    private async Task<Service> ServiceAsync(IComputeResource resource, ComposeValues values, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        var service = new Service { Name = resource.Name.ToLowerInvariant(), Image = Image(resource, values) };
        await AddEnvironmentAsync(service, resource, values, context, cancellationToken).ConfigureAwait(false);
        await AddCommandAsync(service, resource, values, context, cancellationToken).ConfigureAwait(false);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var port = values.InternalPort(resource, endpoint);
            if (endpoint.IsExternal)
                service.Ports.Add(endpoint.Port is { } outside ? $"{outside}:{port}" : port);
            else
                service.Expose.Add(port);
        }

        foreach (var mount in resource.Annotations.OfType<ContainerMountAnnotation>())
        {
            if (mount.Type != ContainerMountType.Volume || mount.Source is null)
                throw new HostFaultException($"'{resource.Name}' mounts a folder of this machine, which is not written into Compose files here; use a volume.");
            service.Volumes.Add(new Volume { Name = mount.Source, Type = "volume", Source = mount.Source, Target = mount.Target, ReadOnly = mount.IsReadOnly });
        }

        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().Where(wait => wait.Resource is ProjectResource or ContainerResource))
            service.DependsOn[wait.Resource.Name.ToLowerInvariant()] = new ServiceDependency { Condition = wait.WaitType == WaitType.WaitForCompletion ? "service_completed_successfully" : "service_started" };
        foreach (var customization in resource.Annotations.OfType<DockerComposeServiceCustomizationAnnotation>())
            customization.Configure(new DockerComposeServiceResource(service.Name, resource, environment), service);
        return service;
    }

    private static string Image(IResource resource, ComposeValues values)
    {
        if (resource is ProjectResource)
            return values.Setting($"{resource.Name}-image", $"Container image name for {resource.Name}");
        var image = resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() ?? throw new HostFaultException($"'{resource.Name}' has no container image, so Compose can't run it.");
        return $"{(image.Registry is { } registry ? $"{registry}/" : "")}{image.Image}{(image.SHA256 is { } hash ? $"@sha256:{hash}" : $":{image.Tag}")}";
    }

    private async Task AddEnvironmentAsync(Service service, IResource resource, ComposeValues values, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        var callbacks = new EnvironmentCallbackContext(context, resource, cancellationToken: cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
            await annotation.Callback(callbacks).ConfigureAwait(false);
        foreach (var (name, value) in callbacks.EnvironmentVariables)
            service.Environment[name] = values.Of(value);
        if (resource is not ProjectResource)
            return;
        var ports = resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme == "http").Select(endpoint => values.InternalPort(resource, endpoint)).ToList();
        if (ports.Count > 0)
        {
            service.Environment["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            service.Environment["HTTP_PORTS"] = string.Join(';', ports);
        }

        if (!environment.DashboardEnabled)
            return;
        service.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{DashboardName}:{OtlpPort}";
        service.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        service.Environment["OTEL_SERVICE_NAME"] = resource.Name;
    }

    private static async Task AddCommandAsync(Service service, IResource resource, ComposeValues values, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        var callbacks = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = context };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
            await annotation.Callback(callbacks).ConfigureAwait(false);
        var entrypoint = (resource as ContainerResource)?.Entrypoint;
        if (entrypoint is not null)
            service.Entrypoint.Add(entrypoint);
        // What a shell is to expand, Compose must leave alone.
        var isShell = entrypoint is "/bin/sh" or "/bin/bash";
        service.Command.AddRange(callbacks.Args.Select(argument => values.Of(argument)).Select(argument => isShell ? argument.Replace("$", "$$", StringComparison.Ordinal).Replace("$${", "${", StringComparison.Ordinal) : argument));
    }

    private static async Task WriteSettingsAsync(string file, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var lines = File.Exists(file) ? [.. await File.ReadAllLinesAsync(file, cancellationToken).ConfigureAwait(false)] : new List<string>();
        var known = lines.Where(line => !line.StartsWith('#')).Select(line => line.Split('=')[0].Trim()).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, description) in settings.Where(setting => !known.Contains(setting.Key)))
            lines.AddRange([$"# {description}", $"{name}=", ""]);
        await File.WriteAllLinesAsync(file, lines, cancellationToken).ConfigureAwait(false);
    }
}
