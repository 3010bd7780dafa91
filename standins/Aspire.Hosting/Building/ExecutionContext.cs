namespace Aspire.Hosting;

public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}

/// <remarks>The local host runs an application, or writes it down for its environments.</remarks>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    private IServiceProvider? _services;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public DistributedApplicationOperation Operation => operation;

    public IServiceProvider ServiceProvider => _services ?? throw new InvalidOperationException("Services are there once the application is built.");

    internal void Attach(IServiceProvider services) => _services = services;
}
