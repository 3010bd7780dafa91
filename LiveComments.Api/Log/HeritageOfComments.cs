using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using Npgsql;

namespace LiveComments.Api.Log;

/// <summary>What was said last on a stream, for a new epoch: what is left in the old log, and what Postgres has beyond that.</summary>
/// <remarks>
/// A log that went backwards may have been appended to before anybody knew, and then has, at places up to which Postgres had everything, entries that
/// Postgres never got: they were acknowledged like all others. The places are another's, so the new epoch takes them as new ones.
/// </remarks>
sealed class HeritageOfComments(NpgsqlDataSource database)
{
    private const string OurHeaders = "Lc-";

    // Deletions lie among a stream's last entries, too.
    private const int EntriesToLookAt = 2 * Limits.BackfillComments;

    /// <param name="epoch">The new epoch. Another process may have begun it already, and what was said in it is no heritage.</param>
    /// <param name="logs">What is left of older epochs.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="askPostgres">False when it is known not to answer.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<InheritedComment>> NewestAsync(int epoch, IReadOnlyList<LogHandle> logs, string streamId, bool askPostgres, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<Cursor, InheritedComment>();
        var removed = new HashSet<Cursor>();
        // 1. From Postgres, which is the last word on what it has: what was posted, and what was taken back since.
        Cursor? written = null;
        await using var connection = askPostgres ? await database.OpenConnectionAsync(cancellationToken) : null;
        if (connection is not null)
        {
            written = await CommentRows.WrittenAsync(connection, LogKeeper.Shard, cancellationToken);
            foreach (var comment in (await CommentRows.PageAsync(connection, LogKeeper.Shard, streamId, from: new Cursor(epoch, 0), Limits.BackfillComments, newestFirst: true, except: [], parent: null, cancellationToken)).Comments)
            {
                var inherited = From(comment);
                found.TryAdd(inherited.Cursor, inherited);
            }
        }

        // 2. From the logs, what Postgres has not got yet.
        var doubtful = new Dictionary<long, LogEntry>();
        foreach (var log in logs)
        {
            foreach (var entry in await log.NewestAsync(streamId, log.Stream.Info.State.LastSeq, EntriesToLookAt, cancellationToken))
            {
                if (entry.EventType == LogEventTypes.CommentPosted && From(entry, log.Epoch) is var comment)
                {
                    if (written is null || comment.Cursor > written)
                        found.TryAdd(comment.Cursor, comment);
                    else if (IdOf(entry) is { } id)
                        doubtful[id] = entry;
                }
                else if (entry.EventType is LogEventTypes.CommentDeleted or LogEventTypes.CommentHidden && Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.Removes), out var target))
                    removed.Add(target);
            }
        }

        List<InheritedComment> newest = [.. found.Values.Where(comment => !removed.Contains(comment.Cursor)).TakeLast(Limits.BackfillComments)];
        // 3. And what Postgres can't get any more, being past its place: acknowledged later than all that was lost.
        if (connection is not null && doubtful.Count > 0)
        {
            var known = await CommentRows.KnownAsync(connection, streamId, [.. doubtful.Keys], cancellationToken);
            newest.AddRange(doubtful.Where(pair => !known.Contains(pair.Key)).OrderBy(pair => pair.Value.Sequence).Select(pair => AsNew(pair.Value)));
        }

        return newest;
    }

    private static long? IdOf(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Wire.Comment) is { } comment && CommentId.TryParse(comment.Id, out var id) ? id : null;

    private static InheritedComment AsNew(LogEntry entry)
    {
        var inherited = From(entry, epoch: 0);
        inherited.Headers.Remove(LogHeaders.CarriedFrom);
        return inherited;
    }

    private static InheritedComment From(LogEntry entry, int epoch)
    {
        var headers = new NatsHeaders();
        foreach (var (name, values) in entry.Headers ?? [])
        {
            if (name.StartsWith(OurHeaders, StringComparison.Ordinal))
                headers[name] = values;
        }

        // What was taken over before keeps its first name.
        if (!Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom), out var cursor))
            cursor = new Cursor(epoch, entry.Sequence);
        headers[LogHeaders.CarriedFrom] = cursor.ToString();
        return new InheritedComment(cursor, entry.Body, LogEntry.Header(entry.Headers, LogHeaders.MessageId) ?? MessageId.Of(LogHeaders.CarriedFrom, cursor.ToString()), headers);
    }

    private static InheritedComment From(Comment comment)
    {
        var cursor = Cursor.TryParse(comment.Cursor, out var parsed) ? parsed : throw new InvalidDataException($"Comment {comment.Id} has no cursor.");
        var body = JsonSerializer.SerializeToUtf8Bytes(comment with { Cursor = null }, ContractsJson.Wire.Comment);
        return new InheritedComment(cursor, body, MessageId.Of(LogHeaders.CarriedFrom, cursor.ToString()), new NatsHeaders { [LogHeaders.CarriedFrom] = cursor.ToString() });
    }
}
