using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>
/// How a test takes part while an AppHost's own entry point describes and builds its application. It flows with the
/// execution context of the entry point's thread, so that several tests can do this at once.
/// </summary>
internal abstract class BuilderHook
{
    private static readonly AsyncLocal<BuilderHook?> CurrentHook = new();

    public static BuilderHook? Current
    {
        get => CurrentHook.Value;
        set => CurrentHook.Value = value;
    }

    /// <summary>Before the builder exists: options and settings may still change.</summary>
    public abstract void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    /// <summary>The entry point asks to build. Returns when the test wants that, too.</summary>
    public abstract void Building(DistributedApplicationBuilder builder);

    public abstract void Built(DistributedApplication application);

    /// <summary>The entry point runs the application: the test starts and stops it instead. Returns when it is disposed.</summary>
    public abstract Task RunAsync(CancellationToken cancellationToken);
}
