using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting.Docker;

public class DockerComposeEnvironmentResource(string name) : Resource(name)
{
    public string? DefaultNetworkName { get; set; }

    public bool DashboardEnabled { get; set; } = true;
}

public class DockerComposeServiceResource(string name, IResource resource, DockerComposeEnvironmentResource composeEnvironmentResource) : Resource(name), IResourceWithParent<DockerComposeEnvironmentResource>
{
    public DockerComposeEnvironmentResource Parent => composeEnvironmentResource;

    internal IResource TargetResource => resource;
}

public sealed class DockerComposeServiceCustomizationAnnotation(Action<DockerComposeServiceResource, Service> configure) : IResourceAnnotation
{
    public Action<DockerComposeServiceResource, Service> Configure => configure;
}
