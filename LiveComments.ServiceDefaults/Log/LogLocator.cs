using LiveComments.Contracts;
using NATS.Client.JetStream;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>Asks nats-server which streams hold a shard. The server is the only place where the epoch is written down.</summary>
public sealed class LogLocator(INatsJSContext jetStream)
{
    /// <summary>The log that is in use, with what is left of older ones; null when the shard has none yet.</summary>
    public async Task<LogHandle?> FindAsync(int shard, CancellationToken cancellationToken)
    {
        var logs = await AllAsync(shard, cancellationToken);
        for (var index = logs.Count - 1; index >= 0; index--)
        {
            if (await logs[index].HasBegunAsync(cancellationToken))
                return WithOlder(logs, index);
        }

        return null;
    }

    /// <summary>The log of the latest epoch, with what is left of older ones, even if nobody may use it yet; null when there is none.</summary>
    public async Task<LogHandle?> FindLatestAsync(int shard, CancellationToken cancellationToken)
    {
        var logs = await AllAsync(shard, cancellationToken);
        return logs.Count > 0 ? WithOlder(logs, logs.Count - 1) : null;
    }

    private static LogHandle WithOlder(List<LogHandle> logs, int index) => logs[index] with { Older = logs.GetRange(0, index) };

    private async Task<List<LogHandle>> AllAsync(int shard, CancellationToken cancellationToken)
    {
        var logs = new List<LogHandle>();
        await foreach (var name in jetStream.ListStreamNamesAsync(LogSubjects.Everything, cancellationToken))
        {
            if (LogSubjects.EpochOf(name, shard) is { } epoch)
                logs.Add(new LogHandle(shard, epoch, await jetStream.GetStreamAsync(name, cancellationToken: cancellationToken)));
        }

        logs.Sort((one, other) => one.Epoch.CompareTo(other.Epoch));
        return logs;
    }
}
