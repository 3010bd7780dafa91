using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>
/// A generated value that must be the same at the next start when data is kept: a kept Postgres knows only the password
/// it was made with. Where nothing is kept, each start has its own.
/// </summary>
internal sealed class PersistedParameterDefault(IDistributedApplicationBuilder builder, string name, ParameterDefault inner) : ParameterDefault
{
    public override string GetDefaultValue()
    {
        var keepsData = builder.Resources.SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>()).Any(mount => !mount.IsReadOnly);
        return keepsData ? SecretFile.Of(builder).GetOrAdd(name, inner.GetDefaultValue) : inner.GetDefaultValue();
    }
}
