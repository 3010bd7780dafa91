using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Gives every endpoint its port before anything starts, so that each resource can be told of the others.</summary>
internal static class Endpoints
{
    private const string Host = "localhost";
    private const int LastPort = 65_535;

    public static void Allocate(IEnumerable<IResource> resources, bool randomizePorts)
    {
        var fixedPorts = new Dictionary<int, string>();
        foreach (var (resource, endpoint) in All(resources))
        {
            // Without a proxy a fixed target port is the port itself; a container's inner port says nothing about this machine.
            var wished = endpoint.Port ?? (resource is ContainerResource ? null : endpoint.TargetPort);
            var port = randomizePorts ? null : wished;
            if (port is { } taken)
                Check(taken, resource, fixedPorts);
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, Host, port ?? FreePorts.Take());
        }
    }

    /// <summary>The addresses that are meant for the user.</summary>
    public static IReadOnlyList<string> External(IEnumerable<IResource> resources) =>
        [.. All(resources).Where(entry => entry.Endpoint.IsExternal && entry.Endpoint.AllocatedEndpoint is not null).Select(entry => entry.Endpoint.AllocatedEndpoint!.UriString)];

    private static IEnumerable<(IResource Resource, EndpointAnnotation Endpoint)> All(IEnumerable<IResource> resources) =>
        resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint)));

    private static void Check(int port, IResource resource, Dictionary<int, string> fixedPorts)
    {
        if (port is < 1 or > LastPort)
            throw new HostFaultException($"Port {port}, which '{resource.Name}' should listen on, is no port: choose one from 1 to {LastPort}.");
        if (!fixedPorts.TryAdd(port, resource.Name))
            throw new HostFaultException($"Port {port} is asked for twice, by '{fixedPorts[port]}' and by '{resource.Name}': choose another for one of them.");
        if (!FreePorts.IsFree(port))
            throw new HostFaultException($"Port {port}, which '{resource.Name}' should listen on, is taken by another program; stop that one or choose another port (AppHost.cs lists the options).");
    }
}
