namespace Aspire.Hosting.ApplicationModel;

public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key => key;
}

public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

public sealed class ExcludeLaunchProfileAnnotation : IResourceAnnotation;

public sealed class LaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
{
    public string LaunchProfileName => launchProfileName;
}

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource => resource;

    public string Type => type;
}

/// <remarks>Kept for the picture: the local host starts the program of this machine, whatever the image.</remarks>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    public required string Image { get; set; }

    public string? Registry { get; set; }

    public string? SHA256 { get; set; }

    public string? Tag { get; set; }
}

public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    public bool IsReadOnly => isReadOnly;

    public string? Source => source;

    public string Target => target;

    public ContainerMountType Type => type;
}

public enum ContainerMountType
{
    BindMount = 0,
    Volume = 1,
}
