using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <remarks>Filled while the application is described, read only once it runs.</remarks>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

public enum ResourceAnnotationMutationBehavior
{
    Append = 0,
    Replace = 1,
}
