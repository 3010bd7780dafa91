using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Streams;

/// <summary>
/// Brings to this process what any process decides about streams: the log's control entries, from where the log was when
/// this process found it. What was decided before that, the directory asks for itself.
/// </summary>
sealed partial class ControlFollower(CurrentLog currentLog, StreamDirectory directory, StreamEnding ending, TimeProvider clock, ILogger<ControlFollower> logger)
    : LogFollower(currentLog, clock)
{
    // Decisions are rare; more than these are asked for when these are done.
    private const int MaxReadAhead = 100;

    protected override Task<ulong> KnownAtStartAsync(LogHandle log, CancellationToken stoppingToken) => Task.FromResult(log.Stream.Info.State.LastSeq);

    protected override async Task FollowAsync(LogHandle log, CancellationToken cancellationToken)
    {
        await foreach (var message in await ConsumeAsync(log, LogSubjects.AllControlOf(log.Shard, log.Epoch), MaxReadAhead, cancellationToken))
        {
            var entry = LogEntry.From(message);
            if (entry.EventType == LogEventTypes.StreamEnded)
            {
                var ended = StreamDirectory.Parse(entry);
                directory.Remember(ended);
                if (!await ending.AnnounceAsync(ended, cancellationToken))
                    throw new IOException("The log did not take the news of a stream's end.");
            }

            Applied = entry.Sequence;
        }
    }

    protected override void Interrupted(string reason) => FollowingInterrupted(reason);

    [LoggerMessage(LogLevel.Warning, "Following decisions about streams was interrupted and goes on: {Reason}")]
    private partial void FollowingInterrupted(string reason);
}
