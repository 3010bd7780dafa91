using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;
    private readonly SecretMask _mask;

    internal ResourceLoggerService(TimeProvider time, SecretMask mask) => (_time, _mask) = (time, mask);

    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    public ILogger GetLogger(string resourceName) => new ResourceLogger(Log(resourceName));

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Watch(resourceName, CancellationToken.None);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return [.. Log(resourceName).Tail(int.MaxValue).Select(entry => entry.ToLine())];
    }

    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    public void Complete(IResource resource) => Complete(resource.Name);

    public void Complete(string name) => Log(name).Complete();

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Complete();
        GC.SuppressFinalize(this);
    }

    internal ResourceLog Log(string resourceName) => _logs.GetOrAdd(resourceName, _ => new ResourceLog(_time, _mask));

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> Watch(string resourceName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in Log(resourceName).WatchAsync(after: 0, cancellationToken).ConfigureAwait(false))
            yield return [entry.ToLine()];
    }

    private sealed class ResourceLogger(ResourceLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(formatter(state, exception) + (exception is null ? "" : $" ({exception.Message})"), logLevel >= LogLevel.Error);
    }
}
