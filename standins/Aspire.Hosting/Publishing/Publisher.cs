using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the application down for the environment that carries this.</summary>
internal abstract class Publisher : IResourceAnnotation
{
    /// <summary>What was written, for the user.</summary>
    public abstract Task<IReadOnlyList<string>> PublishAsync(DistributedApplicationModel model, DistributedApplicationExecutionContext context, string folder, CancellationToken cancellationToken);
}
