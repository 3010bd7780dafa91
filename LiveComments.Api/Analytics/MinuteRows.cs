using Npgsql;

namespace LiveComments.Api.Analytics;

/// <summary>A minute of a stream, as Postgres has it.</summary>
sealed record MinuteRow(long At, int Comments, int Reactions, int Held, int Approved, int Dropped, double MoodSum, int Moods, long[] Commenters);

/// <summary>Who watched within a minute.</summary>
readonly record struct AudienceRow(long At, double Viewers, int Peak);

/// <summary>What Postgres has of a stream's time.</summary>
/// <param name="Minutes">Those in which something happened.</param>
/// <param name="Audience">Those in which somebody watched.</param>
/// <param name="Refused">Unix milliseconds of a minute → comments that were refused in it, by all processes.</param>
/// <param name="Commenters">Different users who ever commented on the stream.</param>
/// <param name="SketchSize">How many of each minute's hashes were read.</param>
sealed record StreamMinutes(IReadOnlyList<MinuteRow> Minutes, IReadOnlyList<AudienceRow> Audience, IReadOnlyDictionary<long, long> Refused, long Commenters, int SketchSize);

/// <summary>Reads a stream's minutes from Postgres.</summary>
static class MinuteRows
{
    // Hashes that are read for one answer, at most: some 12 MB. Of more minutes than that is enough for, fewer hashes each, which makes counts less exact.
    private const int MaxHashes = 1_500_000;
    private const int MinSketchSize = 64;

    public static async Task<StreamMinutes> ReadAsync(NpgsqlDataSource database, string streamId, AnalyticsRange range, CancellationToken cancellationToken)
    {
        var sketchSize = (int)Math.Clamp(MaxHashes / ((range.To - range.From) / 60_000), MinSketchSize, CommenterSketch.Size);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        Add(
            $"""
            select minute, comments, reactions, held, approved, dropped, mood_sum, mood_count, coalesce(commenters[1:{sketchSize}], array[]::bigint[])
            from stream_minutes where stream_id = $1 and minute >= $2 and minute < $3 order by minute
            """);
        Add("select minute, viewers, peak from stream_audience where stream_id = $1 and minute >= $2 and minute < $3 order by minute");
        Add("select minute, sum(refused) from stream_refusals where stream_id = $1 and minute >= $2 and minute < $3 group by minute");
        Add("select commenter_count from streams where id = $1", isOfTime: false);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var minutes = new List<MinuteRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            minutes.Add(new MinuteRow(
                TimeIn(reader), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetDouble(6), reader.GetInt32(7), reader.GetFieldValue<long[]>(8)));
        }

        await reader.NextResultAsync(cancellationToken);
        var audience = new List<AudienceRow>();
        while (await reader.ReadAsync(cancellationToken))
            audience.Add(new AudienceRow(TimeIn(reader), reader.GetDouble(1), reader.GetInt32(2)));
        await reader.NextResultAsync(cancellationToken);
        var refused = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancellationToken))
            refused[TimeIn(reader)] = reader.GetInt64(1);
        await reader.NextResultAsync(cancellationToken);
        var commenters = await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : 0;
        return new StreamMinutes(minutes, audience, refused, commenters, sketchSize);

        void Add(string sql, bool isOfTime = true)
        {
            var command = new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = streamId } } };
            if (isOfTime)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = DateTimeOffset.FromUnixTimeMilliseconds(range.From) });
                command.Parameters.Add(new NpgsqlParameter { Value = DateTimeOffset.FromUnixTimeMilliseconds(range.To) });
            }

            batch.BatchCommands.Add(command);
        }
    }

    private static long TimeIn(NpgsqlDataReader row) => row.GetFieldValue<DateTimeOffset>(0).ToUnixTimeMilliseconds();
}
