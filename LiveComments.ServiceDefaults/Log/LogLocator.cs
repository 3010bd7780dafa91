using LiveComments.Contracts;
using NATS.Client.JetStream;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>Asks nats-server which stream holds a shard. The server is the only place where the epoch is written down.</summary>
public sealed class LogLocator(INatsJSContext jetStream)
{
    /// <summary>Null when the shard has no log yet.</summary>
    public async Task<LogHandle?> FindAsync(int shard, CancellationToken cancellationToken)
    {
        LogHandle? newest = null;
        await foreach (var name in jetStream.ListStreamNamesAsync(LogSubjects.AllOf(shard), cancellationToken))
        {
            if (LogSubjects.EpochOf(name, shard) is { } epoch && epoch > (newest?.Epoch ?? 0))
                newest = new LogHandle(shard, epoch, await jetStream.GetStreamAsync(name, cancellationToken: cancellationToken));
        }

        return newest;
    }
}
