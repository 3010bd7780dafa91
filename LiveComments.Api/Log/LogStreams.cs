using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.Options;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Api.Log;

/// <summary>Makes the JetStream streams that logs are, and closes those whose epoch has ended.</summary>
sealed class LogStreams(INatsJSContext jetStream, IOptions<LogOptions> options)
{
    // nats-server's code for a stream of that name with other options: a process with other settings was first.
    private const int ExistsWithOtherOptions = 10058;

    /// <summary>Makes the log. Several processes may at once: the server makes one.</summary>
    public async Task<LogHandle> MakeAsync(int shard, int epoch, IReadOnlyList<LogHandle> older, CancellationToken cancellationToken)
    {
        INatsJSStream stream;
        try
        {
            stream = await jetStream.CreateStreamAsync(Configuration(shard, epoch), cancellationToken);
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == ExistsWithOtherOptions)
        {
            stream = await jetStream.GetStreamAsync(LogSubjects.StreamName(shard, epoch), cancellationToken: cancellationToken);
        }

        return new LogHandle(shard, epoch, stream) { Older = older };
    }

    /// <summary>Brings a log's options up to date: the settings may have changed since it was made.</summary>
    public async Task<LogHandle> UpdateAsync(LogHandle log, CancellationToken cancellationToken) =>
        log with { Stream = await jetStream.UpdateStreamAsync(Configuration(log.Shard, log.Epoch), cancellationToken) };

    /// <summary>
    /// Ends the log for ever, which nothing can undo: it takes no entry any more from anybody, and stays readable. That is
    /// what makes it safe to go on elsewhere while other processes still mean to append here.
    /// </summary>
    public async Task<LogHandle> SealAsync(LogHandle log, CancellationToken cancellationToken) =>
        log.Stream.Info.Config.Sealed
            ? log
            : log with { Stream = await jetStream.UpdateStreamAsync(log.Stream.Info.Config with { Sealed = true }, cancellationToken) };

    private StreamConfig Configuration(int shard, int epoch) => new()
    {
        Name = LogSubjects.StreamName(shard, epoch),
        Subjects = epoch == 1
            ? [LogSubjects.AllOf(shard, epoch), LogSubjects.AllControlOf(shard, epoch), LogSubjects.AllModerationOf(shard, epoch)]
            : [LogSubjects.AllOf(shard, epoch), LogSubjects.AllControlOf(shard, epoch), LogSubjects.AllModerationOf(shard, epoch), LogSubjects.Begun(shard, epoch)],
        Storage = StreamConfigStorage.File,
        // A full log refuses new comments instead of forgetting acknowledged ones.
        Discard = StreamConfigDiscard.New,
        MaxAge = options.Value.MaxAge,
        MaxBytes = options.Value.MaxBytes ?? -1,
        NumReplicas = options.Value.Replicas,
        DuplicateWindow = options.Value.DuplicateWindow,
        AllowDirect = true,
        DenyDelete = true,
        DenyPurge = true,
        Republish = new Republish { Src = LogSubjects.AllOf(shard, epoch), Dest = LogSubjects.AllLiveOf(shard, epoch) },
    };
}
