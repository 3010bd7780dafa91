using LiveComments.Api.Analytics;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>What happened on a stream within a minute, for who broadcasts it: comments, their mood, and who wrote them.</summary>
sealed partial class LogWriter
{
    private const long MinuteMs = 60_000;

    // Comments of a batch whose mood is looked at, each some 20 µs; in a larger batch each of them stands for some others.
    private const int MaxMoods = 20;

    private readonly Func<string, double>? _moodOf;
    private readonly MinuteSketches _sketches = new();

    private NpgsqlBatchCommand Minutes(IReadOnlyList<CommentRow> added)
    {
        var minutes = new Dictionary<(string StreamId, long Minute), ArrivedMinute>();
        var stride = (added.Count + MaxMoods - 1) / MaxMoods;
        for (var index = 0; index < added.Count; index++)
        {
            var (entry, comment, _) = added[index];
            var key = (comment.StreamId, comment.CreatedAt / MinuteMs);
            if (!minutes.TryGetValue(key, out var row))
                minutes[key] = row = new ArrivedMinute(entry.Sequence);
            row.Comments++;
            if (_moodOf is null || index % stride != 0)
                continue;
            // Those that stand for nobody beyond the batch's end don't.
            var standsFor = Math.Min(stride, added.Count - index);
            row.Moods += standsFor;
            row.MoodSum += standsFor * _moodOf(comment.Content);
        }

        var rows = minutes.ToArray();
        return new NpgsqlBatchCommand(
            """
            insert into stream_minutes as kept (stream_id, minute, comments, mood_sum, mood_count, first_sequence, first_epoch)
            select *, $7 from unnest($1, $2, $3, $4, $5, $6)
            on conflict (stream_id, minute) do update set comments = kept.comments + excluded.comments,
                mood_sum = kept.mood_sum + excluded.mood_sum, mood_count = kept.mood_count + excluded.mood_count,
                first_epoch = coalesce(kept.first_epoch, excluded.first_epoch), first_sequence = coalesce(kept.first_sequence, excluded.first_sequence)
            """)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Text, rows, row => row.Key.StreamId),
                Column(NpgsqlDbType.TimestampTz, rows, row => TimeOf(row.Key.Minute)),
                Column(NpgsqlDbType.Integer, rows, row => row.Value.Comments),
                Column(NpgsqlDbType.Double, rows, row => row.Value.MoodSum),
                Column(NpgsqlDbType.Integer, rows, row => row.Value.Moods),
                Column(NpgsqlDbType.Bigint, rows, row => (long)row.Value.FirstSequence),
                new() { Value = _log.Epoch },
            },
        };
    }

    /// <summary>Adds the command, if somebody is new; returns who is to be remembered when the transaction is through.</summary>
    private HashSet<(string StreamId, long Minute, long Hash)> AddCommentersOfMinutes(NpgsqlBatch batch, IReadOnlyList<CommentRow> added)
    {
        var seen = new HashSet<(string StreamId, long Minute, long Hash)>();
        foreach (var row in added)
        {
            var (streamId, minute, hash) = (row.Comment.StreamId, row.Comment.CreatedAt / MinuteMs, CommenterSketch.HashOf(row.Comment.UserId));
            if (_sketches.IsNew(streamId, minute, hash))
                seen.Add((streamId, minute, hash));
        }

        if (seen.Count == 0)
            return seen;
        var rows = seen.ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into stream_minutes as kept (stream_id, minute, commenters)
            select stream_id, minute, (array_agg(hash order by hash))[1:{CommenterSketch.Size}] from unnest($1, $2, $3) as row (stream_id, minute, hash) group by stream_id, minute
            on conflict (stream_id, minute) do update set commenters = (
                select array_agg(hash order by hash)
                from (select distinct hash from unnest(kept.commenters || excluded.commenters) as both_of (hash) order by hash limit {CommenterSketch.Size}) smallest
            )
            """)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Text, rows, row => row.StreamId),
                Column(NpgsqlDbType.TimestampTz, rows, row => TimeOf(row.Minute)),
                Column(NpgsqlDbType.Bigint, rows, row => row.Hash),
            },
        });
        return seen;
    }

    private static DateTimeOffset TimeOf(long minute) => DateTimeOffset.FromUnixTimeMilliseconds(minute * MinuteMs);

    private static NpgsqlParameter MinuteOf(long unixMs) => new() { Value = TimeOf(unixMs / MinuteMs), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private sealed class ArrivedMinute(ulong firstSequence)
    {
        public ulong FirstSequence => firstSequence;

        public int Comments { get; set; }

        public int Moods { get; set; }

        public double MoodSum { get; set; }
    }
}
