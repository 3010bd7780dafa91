using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;

namespace LiveComments.Api.Log;

/// <summary>A comment as a new epoch takes it over.</summary>
sealed record InheritedComment(Cursor Cursor, ReadOnlyMemory<byte> Body, string MessageId, NatsHeaders Headers);

/// <summary>A stream as a new epoch takes it over.</summary>
/// <param name="Created">As it was when it began.</param>
/// <param name="MessageId">That of the entry which made it; null when nobody knows it.</param>
/// <param name="Ended">Null while it is live.</param>
/// <param name="Comments">The newest, oldest first.</param>
sealed record InheritedStream(LiveStream Created, string? MessageId, LiveStream? Ended, IReadOnlyList<InheritedComment> Comments);

/// <param name="Streams">Each once.</param>
/// <param name="IsWhole">False when Postgres did not answer.</param>
sealed record Inheritance(IReadOnlyList<InheritedStream> Streams, bool IsWhole);

/// <summary>Gathers what is known of streams, for a new epoch: from what is left of the old log, from Postgres, and from this process's memory.</summary>
/// <remarks>An end that any of the three knows of is an end: streams never come back to life.</remarks>
sealed class Heritage(INatsJSContext jetStream, StreamDirectory directory, NpgsqlDataSource database, HeritageOfComments comments)
{
    // As many direct gets under way at once.
    private const int Parallelism = 32;

    // Of live streams that only Postgres knows, the newest so many: a stream that nobody ever ended is live for ever.
    private const int MaxFromPostgres = 20_000;

    // Comments are taken over for so many streams, those that began last: the log takes no posts meanwhile, and this is some 5 s.
    private const int MaxStreamsWithComments = 2_000;

    // Posting waits for the new epoch: a Postgres that hangs must not hold it up for long.
    private static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(3);

    /// <param name="log">The new epoch's.</param>
    /// <param name="onlyOwnMemory">Whether it has everything from elsewhere.</param>
    /// <param name="withComments">False once it is in use: what was said before would come after what is said now.</param>
    /// <param name="cancellationToken">Ends the gathering.</param>
    public async Task<Inheritance> GatherAsync(LogHandle log, bool onlyOwnMemory, bool withComments, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Findings>(StringComparer.Ordinal);
        var isWhole = true;
        var origins = new List<LogHandle>();
        if (!onlyOwnMemory)
        {
            // Newest first; a log that has begun had taken over what came before it.
            foreach (var older in log.Older.Reverse())
            {
                origins.Add(older);
                await FromLogAsync(older, found, cancellationToken);
                if (await older.HasBegunAsync(cancellationToken))
                    break;
            }

            isWhole = await TryFromPostgresAsync(log, withComments, found, cancellationToken);
        }

        foreach (var stream in directory.Remembered)
            Of(found, stream.Id).Add(stream);

        var streams = found.Values.Where(stream => stream.Created is not null).OrderByDescending(stream => stream.Created!.StartedAt).ToList();
        var talking = withComments ? streams.Where(stream => stream.Ended is null).Take(MaxStreamsWithComments) : [];
        await ForAllAsync(talking, async (stream, token) => stream.Comments = await comments.NewestAsync(log.Epoch, origins, stream.Created!.Id, isWhole, token), cancellationToken);
        return new Inheritance(
            [.. streams.Select(stream => new InheritedStream(stream.Created! with { Status = StreamStatus.Live, EndedAt = null }, stream.MessageId, stream.Ended, stream.Comments))],
            isWhole);
    }

    private async Task FromLogAsync(LogHandle log, Dictionary<string, Findings> found, CancellationToken cancellationToken)
    {
        var streams = (await IdsAsync(log, LogSubjects.AllOf(log.Shard, log.Epoch), cancellationToken)).ConvertAll(id => Of(found, id));
        await ForAllAsync(
            streams,
            async (stream, token) =>
            {
                // A stream's first entry says what it is; when that has left the log, Postgres has it.
                if (await log.NextAsync(stream.Id, 1, token) is { EventType: LogEventTypes.StreamCreated } first)
                {
                    stream.Add(StreamDirectory.Parse(first));
                    stream.MessageId ??= LogEntry.Header(first.Headers, LogHeaders.MessageId);
                }
            },
            cancellationToken);
        var decided = (await IdsAsync(log, LogSubjects.AllControlOf(log.Shard, log.Epoch), cancellationToken)).ConvertAll(id => Of(found, id));
        await ForAllAsync(
            decided,
            async (stream, token) =>
            {
                if (await log.LastControlAsync(stream.Id, token) is { EventType: LogEventTypes.StreamEnded } end)
                    stream.Add(StreamDirectory.Parse(end));
            },
            cancellationToken);
    }

    private async Task<List<string>> IdsAsync(LogHandle log, string subjects, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        while (true)
        {
            // The server tells 100,000 at a time.
            var request = new StreamInfoRequest { SubjectsFilter = subjects, Offset = ids.Count };
            var page = (await jetStream.GetStreamAsync(LogSubjects.StreamName(log.Shard, log.Epoch), request, cancellationToken)).Info.State.Subjects;
            if (page is null || page.Count == 0)
                return ids;
            ids.AddRange(page.Keys.Select(LogSubjects.StreamIdOf));
        }
    }

    private async Task<bool> TryFromPostgresAsync(LogHandle log, bool isToBegin, Dictionary<string, Findings> found, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(DatabaseTimeout);
        try
        {
            if (isToBegin)
                await EpochFence.SetAsync(database, log.Shard, log.Epoch, timeout.Token);
            foreach (var stream in await StreamRows.FindAllAsync(database, [.. found.Keys], timeout.Token))
                Of(found, stream.Id).Add(stream);
            foreach (var stream in await StreamRows.LiveAsync(database, MaxFromPostgres, timeout.Token))
                Of(found, stream.Id).Add(stream);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // A database that no persister has seen yet.
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static Findings Of(Dictionary<string, Findings> found, string id)
    {
        if (!found.TryGetValue(id, out var stream))
            found[id] = stream = new Findings(id);
        return stream;
    }

    private static Task ForAllAsync(IEnumerable<Findings> streams, Func<Findings, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            streams, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (stream, token) => await act(stream, token));

    private sealed class Findings(string id)
    {
        public string Id { get; } = id;

        public LiveStream? Created { get; private set; }

        public LiveStream? Ended { get; private set; }

        public string? MessageId { get; set; }

        public IReadOnlyList<InheritedComment> Comments { get; set; } = [];

        public void Add(LiveStream stream)
        {
            Created ??= stream;
            if (stream.Status == StreamStatus.Ended)
                Ended ??= stream;
        }
    }
}
