using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>Writes a batch of entries and the new offset in one transaction.</summary>
sealed partial class LogWriter
{
    private readonly NpgsqlConnection _connection;
    private readonly LogHandle _log;
    private readonly bool _hasEnded;
    // stream id → the month in which its comments lie; a stream's month never changes.
    private readonly Dictionary<string, DateOnly> _months = new(StringComparer.Ordinal);
    // Emptied when full: it can be read again from the streams table.
    private const int MaxKnownMonths = 100_000;

    private LogWriter(NpgsqlConnection connection, LogHandle log, ulong offset, Func<string, double>? moodOf, bool hasEnded)
    {
        _hasEnded = hasEnded;
        _connection = connection;
        _log = log;
        _moodOf = moodOf;
        Offset = offset;
    }

    /// <summary>The last entry that is in the database.</summary>
    public ulong Offset { get; private set; }

    /// <param name="connection">Its owner writes.</param>
    /// <param name="log">Of the epoch in which the offset lies, or of the one after it.</param>
    /// <param name="offset">The last entry that is in the database; null when none is.</param>
    /// <param name="moodOf">The mood of a text, 0 to 1; null where nobody asks for it.</param>
    /// <param name="hasEnded">Whether the epoch had ended when reading began: what is read is what is left of it.</param>
    public static LogWriter Open(NpgsqlConnection connection, LogHandle log, Cursor? offset, Func<string, double>? moodOf = null, bool hasEnded = false) =>
        // Sequences begin anew with each epoch.
        new(connection, log, offset is { } written && written.Epoch == log.Epoch ? written.Sequence : 0, moodOf, hasEnded);

    /// <exception cref="EpochEndedException">A later epoch has begun.</exception>
    public async Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var last = Offset;
        foreach (var entry in batch)
        {
            if (entry.Sequence <= last)
                throw new InvalidDataException($"The log went from sequence {last} to {entry.Sequence}.");
            last = entry.Sequence;
        }

        try
        {
            await WriteAsync(batch, last, allAreNew: true, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // A partition that was made is gone again.
            _months.Clear();
            await WriteAsync(batch, last, allAreNew: false, cancellationToken);
        }

        Offset = last;
    }

    private async Task WriteAsync(IReadOnlyList<LogEntry> batch, ulong last, bool allAreNew, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        await WriteStreamsAsync(batch, cancellationToken);
        var rows = await CommentRowsAsync(batch, cancellationToken);
        var users = ChangedUsers(rows);
        IReadOnlyCollection<(string StreamId, string UserId)> commenters = [];
        IReadOnlyCollection<(string StreamId, long Minute, long Hash)> seen = [];
        await using (var rest = new NpgsqlBatch(_connection))
        {
            if (rows.Count > 0)
            {
                var added = await AddCommentsAsync(rows, allAreNew, cancellationToken);
                rest.BatchCommands.Add(CountCommand(added));
                commenters = await AddFiguresAsync(rest, added, cancellationToken);
                seen = AddCommentersOfMinutes(rest, added);
            }

            if (users.Length > 0)
                rest.BatchCommands.Add(UsersCommand(users));
            rest.BatchCommands.Add(EpochFence.HoldCommand(_log.Shard));
            var offset = OffsetCommand(last, batch[^1].Known(_log.Epoch));
            rest.BatchCommands.Add(offset);
            await rest.ExecuteNonQueryAsync(cancellationToken);
            if (offset.RecordsAffected == 0)
                throw new EpochEndedException(_log.Epoch);
        }

        await WriteDeletionsAsync(batch, cancellationToken);
        await WriteModerationAsync(batch, cancellationToken);
        await WriteCommentReactionsAsync(batch, cancellationToken);
        await WriteStreamReactionsAsync(batch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        RememberUsers(users);
        RememberCommenters(commenters);
        _sketches.Remember(seen);
    }

    /// <summary>Moves on to this log, of which nothing has been written yet.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { OffsetCommand(0, last: null) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteStreamsAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        foreach (var entry in batch)
        {
            if (entry.EventType is not (LogEventTypes.StreamCreated or LogEventTypes.StreamEnded))
                continue;
            var stream = Parse(entry, ContractsJson.Default.LiveStream);
            var started = DateTimeOffset.FromUnixTimeMilliseconds(stream.StartedAt);
            var month = new DateOnly(started.Year, started.Month, 1);
            await MakePartitionAsync(month, cancellationToken);
            await using var command = new NpgsqlCommand(
                """
                insert into streams (id, title, description, creator_id, status, thumbnail_url, video_url, started_at, ended_at, archive_month)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict (id) do update set title = excluded.title, description = excluded.description,
                    thumbnail_url = excluded.thumbnail_url, video_url = excluded.video_url,
                    -- An end is for ever: a new epoch begins with the streams' first entries once more.
                    status = case streams.status when 'ended' then streams.status else excluded.status end,
                    ended_at = coalesce(streams.ended_at, excluded.ended_at)
                """, _connection)
            {
                Parameters =
                {
                    new() { Value = stream.Id }, new() { Value = stream.Title }, Text(stream.Description), new() { Value = stream.CreatorId },
                    new() { Value = stream.Status }, Text(stream.ThumbnailUrl), Text(stream.VideoUrl), new() { Value = started },
                    new() { Value = stream.EndedAt is { } ended ? DateTimeOffset.FromUnixTimeMilliseconds(ended) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                    new() { Value = month },
                },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            RememberMonth(stream.Id, month);
        }
    }

    private async Task MakePartitionAsync(DateOnly month, CancellationToken cancellationToken)
    {
        if (_months.ContainsValue(month))
            return;
        var name = month.ToString("yyyy_MM", CultureInfo.InvariantCulture);
        var value = month.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await using var command = new NpgsqlCommand(
            $"""
            create table if not exists comments_{name} partition of comments for values in ('{value}');
            create table if not exists comment_reactions_{name} partition of comment_reactions for values in ('{value}')
            """, _connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<DateOnly> MonthOfAsync(string streamId, CancellationToken cancellationToken)
    {
        if (_months.TryGetValue(streamId, out var known))
            return known;
        await using var command = new NpgsqlCommand("select archive_month from streams where id = $1", _connection) { Parameters = { new() { Value = streamId } } };
        var month = await command.ExecuteScalarAsync(cancellationToken) is DateOnly found
            ? found
            : throw new InvalidDataException($"The log has a comment on stream {streamId}, but no entry that made the stream.");
        RememberMonth(streamId, month);
        return month;
    }

    private void RememberMonth(string streamId, DateOnly month)
    {
        if (_months.Count >= MaxKnownMonths)
            _months.Clear();
        _months[streamId] = month;
    }

    private NpgsqlBatchCommand OffsetCommand(ulong sequence, KnownEntry? last) => new(
        $"""
        insert into log_offsets (shard, epoch, sequence, last_entry) select $1, $2, $3, $4 {(_hasEnded ? "" : $"where {EpochFence.NoneIsNewer}")}
        on conflict (shard) do update set epoch = excluded.epoch, sequence = excluded.sequence, last_entry = excluded.last_entry
        """)
    {
        Parameters = { new() { Value = _log.Shard }, new() { Value = _log.Epoch }, new() { Value = (long)sequence }, Text(last?.ToString()) },
    };

    private static T Parse<T>(LogEntry entry, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(entry.Body.Span, type) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no {typeof(T).Name} in it.");

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
