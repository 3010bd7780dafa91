using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>An AppHost's entry point on a thread of its own, stopped at <c>Build()</c> and at <c>Run()</c> for the test's sake.</summary>
internal sealed class EntryPointRun(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) : BuilderHook
{
    // From Main to Build is plain code; if it takes longer, it waits for something that a test can't give.
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _building = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _go = new();
    private volatile bool _givenUp;

    public async Task<DistributedApplicationBuilder> UntilBuildingAsync(CancellationToken cancellationToken)
    {
        var entryPoint = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no entry point: the type that a test names must be of an AppHost.");
        new Thread(() => Execute(entryPoint)) { IsBackground = true, Name = $"Entry point of {assembly.GetName().Name}" }.Start();
        return await _building.Task.WaitAsync(BuildTimeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _go.Set();
        return await _built.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The test is done: the entry point may end.</summary>
    public void End()
    {
        if (!_built.Task.IsCompleted)
            _givenUp = true;
        _go.Set();
        _disposed.TrySetResult();
    }

    public override void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.AssemblyName ??= assembly.GetName().Name;
        TestSettings.Apply(options, settings, args);
        configure(options, settings);
    }

    public override void Building(DistributedApplicationBuilder builder)
    {
        _building.TrySetResult(builder);
        _go.Wait();
        if (_givenUp)
            throw new OperationCanceledException("The test disposed the builder without building.");
    }

    public override void Built(DistributedApplication application) => _built.TrySetResult(application);

    public override Task RunAsync(CancellationToken cancellationToken) => _disposed.Task.WaitAsync(cancellationToken);

    private void Execute(MethodInfo entryPoint)
    {
        Current = this;
        try
        {
            object?[] parameters = entryPoint.GetParameters().Length == 0 ? [] : [args];
            var result = entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, null, parameters, null);
            if (result is Task task)
                task.GetAwaiter().GetResult();
            Fail(new InvalidOperationException($"The entry point of {assembly.GetName().Name} ended before it built an application."));
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private void Fail(Exception failure)
    {
        _building.TrySetException(failure);
        _built.TrySetException(failure);
        // Nobody may be waiting for either: that is no unobserved failure.
        _ = _building.Task.Exception;
        _ = _built.Task.Exception;
    }
}
