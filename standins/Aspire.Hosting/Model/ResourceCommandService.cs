using Aspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.ApplicationModel;

public static class KnownResourceCommands
{
    public static readonly string StartCommand = "start";
    public static readonly string StopCommand = "stop";
    public static readonly string RestartCommand = "restart";
}

public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    public bool Canceled { get; init; }

    public string? Message { get; init; }
}

/// <summary>Starts, stops and restarts programs. One command at a time for each; there are no others.</summary>
public class ResourceCommandService
{
    private static readonly string[] None = [];

    private readonly IServiceProvider _services;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _busy = new(StringComparer.OrdinalIgnoreCase);

    internal ResourceCommandService(IServiceProvider services) => _services = services;

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var notifications = _services.GetRequiredService<ResourceNotificationService>();
        if (!notifications.TryGetCurrentState(resourceId, out var now))
            return Failed($"There is no resource '{resourceId}'.");
        if (!Of(now.Resource, now.Snapshot).Contains(commandName))
            return Failed($"'{resourceId}' can't {commandName} while it is {ResourceNotificationService.StateText(now.Snapshot)}.");
        lock (_lock)
        {
            if (!_busy.Add(resourceId))
                return Failed($"'{resourceId}' is busy with another command.");
        }

        try
        {
            var host = _services.GetRequiredService<LocalHost>();
            if (commandName != KnownResourceCommands.StartCommand)
                await host.StopResourceAsync(resourceId, cancellationToken).ConfigureAwait(false);
            if (commandName != KnownResourceCommands.StopCommand)
                await host.StartResourceAsync(resourceId, cancellationToken).ConfigureAwait(false);
            return new ExecuteCommandResult { Success = true };
        }
        catch (HostFaultException fault)
        {
            return Failed(fault.Message);
        }
        catch (OperationCanceledException)
        {
            return new ExecuteCommandResult { Success = false, Canceled = true };
        }
        finally
        {
            lock (_lock)
                _busy.Remove(resourceId);
        }
    }

    /// <summary>The commands that make sense in this state.</summary>
    internal IReadOnlyList<string> Of(IResource resource, CustomResourceSnapshot now)
    {
        // What has no program of its own (a database, a parameter) has nothing to start.
        if (resource is not (ProjectResource or ExecutableResource or ContainerResource))
            return None;
        return now.State?.Text is not { } state ? None
            : state == KnownResourceStates.NotStarted || ResourceNotificationService.IsOver(now) ? [KnownResourceCommands.StartCommand]
            : state == KnownResourceStates.Running ? [KnownResourceCommands.StopCommand, KnownResourceCommands.RestartCommand]
            : None;
    }

    private static ExecuteCommandResult Failed(string message) => new() { Success = false, Message = message };
}
