using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Users.Follows;

/// <summary>Reads from Postgres who follows whom.</summary>
static class FollowRows
{
    /// <summary>Whom the user follows, the latest first.</summary>
    public static async Task<IReadOnlyList<Follow>> OfAsync(NpgsqlDataSource database, string userId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select creator_id, since from follows where user_id = $1 and is_following order by since desc limit $2");
        command.Parameters.Add(new() { Value = userId });
        command.Parameters.Add(new() { Value = ModerationLimits.MaxFollows });
        var follows = new List<Follow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            follows.Add(new Follow(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1).ToUnixTimeMilliseconds()));
        return follows;
    }
}
