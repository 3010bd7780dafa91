using System.Globalization;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Presence;
using Npgsql;

namespace LiveComments.Api.Streams;

/// <summary>Reads streams from Postgres.</summary>
static class StreamRows
{
    private const string Columns = "id, title, description, creator_id, status, thumbnail_url, video_url, started_at, ended_at";

    /// <summary>Null when Postgres has no such stream.</summary>
    public static async Task<LiveStream?> FindAsync(NpgsqlDataSource database, string streamId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from streams where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = streamId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Those of the ids that Postgres has.</summary>
    public static async Task<List<LiveStream>> FindAllAsync(NpgsqlDataSource database, string[] streamIds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from streams where id = any($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = streamIds });
        return await ReadAllAsync(command, cancellationToken);
    }

    /// <summary>Live ones, those that began last first.</summary>
    public static async Task<List<LiveStream>> LiveAsync(NpgsqlDataSource database, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from streams where status = '{StreamStatus.Live}' order by started_at desc, id desc limit $1");
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        return await ReadAllAsync(command, cancellationToken);
    }

    /// <summary>Those that began last first.</summary>
    public static async Task<StreamList> NewestAsync(NpgsqlDataSource database, ViewerCounts viewers, StreamCursor? before, int limit, bool onlyLive, CancellationToken cancellationToken)
    {
        var bound = before ?? StreamCursor.Start;
        await using var command = database.CreateCommand(
            $"""
            select {Columns}, comment_count, coalesce((select sum(count) from unnest(reaction_counts) as counts (count)), 0)::bigint from streams
            where (started_at, id) < ($1, $2) {(onlyLive ? $"and status = '{StreamStatus.Live}'" : "")}
            order by started_at desc, id desc
            limit $3
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = DateTimeOffset.FromUnixTimeMilliseconds(bound.StartedAt) });
        command.Parameters.Add(new NpgsqlParameter { Value = bound.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        var streams = new List<ListedStream>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            streams.Add(ReadListed(reader, viewers));
        return new StreamList(streams, streams.Count == limit ? new StreamCursor(streams[^1].StartedAt, streams[^1].Id).ToString() : null);
    }

    private static async Task<List<LiveStream>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var streams = new List<LiveStream>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            streams.Add(Read(reader));
        return streams;
    }

    private static LiveStream Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Title = row.GetString(1),
        Description = row.IsDBNull(2) ? null : row.GetString(2),
        CreatorId = row.GetString(3),
        Status = row.GetString(4),
        ThumbnailUrl = row.IsDBNull(5) ? null : row.GetString(5),
        VideoUrl = row.IsDBNull(6) ? null : row.GetString(6),
        StartedAt = row.GetFieldValue<DateTimeOffset>(7).ToUnixTimeMilliseconds(),
        EndedAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8).ToUnixTimeMilliseconds(),
    };

    private static ListedStream ReadListed(NpgsqlDataReader row, ViewerCounts viewers)
    {
        var stream = Read(row);
        return new ListedStream
        {
            Id = stream.Id,
            Title = stream.Title,
            Description = stream.Description,
            CreatorId = stream.CreatorId,
            Status = stream.Status,
            ThumbnailUrl = stream.ThumbnailUrl,
            VideoUrl = stream.VideoUrl,
            StartedAt = stream.StartedAt,
            EndedAt = stream.EndedAt,
            ViewerCount = viewers.Of(stream.Id),
            CommentCount = row.GetInt64(9),
            ReactionCount = row.GetInt64(10),
        };
    }
}

/// <summary>A place in the list of streams: <c>&lt;start in Unix milliseconds&gt;-&lt;id&gt;</c>.</summary>
readonly record struct StreamCursor(long StartedAt, string Id)
{
    // The end of the year 9999: as late as a DateTimeOffset goes.
    private const long Latest = 253_402_300_799_999;

    /// <summary>Before the newest.</summary>
    public static StreamCursor Start => new(Latest, "");

    public static bool TryParse(string text, out StreamCursor cursor)
    {
        cursor = default;
        // 1700000000000-harbour-cam: the id may have dashes of its own.
        if (text.IndexOf('-') is not (> 0 and var dash) || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var startedAt) || startedAt > Latest)
            return false;
        cursor = new StreamCursor(startedAt, text[(dash + 1)..]);
        return StreamId.IsValid(cursor.Id);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StartedAt}-{Id}");
}
