using LiveComments.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>Users come from the claims that their comments carry; posting needs no table of users.</summary>
sealed partial class LogWriter
{
    /// <summary>How exact a user's <c>last_seen</c> is: most comments of a busy stream then cost no write of their author.</summary>
    private static readonly long SeenGranularityMs = (long)TimeSpan.FromMinutes(1).TotalMilliseconds;

    // Some 20 MB. Emptied when full: who is not known here is written once more.
    private const int MaxKnownUsers = 100_000;

    // What the table says, or said a moment ago.
    private readonly Dictionary<string, (string Username, string? DisplayName, string? AvatarUrl, long SeenAt)> _users = new(StringComparer.Ordinal);

    /// <summary>The newest comment of each author about whom it tells something new.</summary>
    private Comment[] ChangedUsers(List<CommentRow> rows)
    {
        var changed = new Dictionary<string, Comment>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var comment = row.Comment;
            if (changed.ContainsKey(comment.UserId) || !_users.TryGetValue(comment.UserId, out var known)
                || known.Username != comment.Username || known.DisplayName != comment.DisplayName || known.AvatarUrl != comment.AvatarUrl || comment.CreatedAt - known.SeenAt >= SeenGranularityMs)
            {
                changed[comment.UserId] = comment;
            }
        }

        // In one order always: nobody who writes users in another order can then wait for us while we wait for them.
        return [.. changed.Values.OrderBy(comment => comment.UserId, StringComparer.Ordinal)];
    }

    private static NpgsqlBatchCommand UsersCommand(Comment[] newest) => new(
        """
        insert into users (id, username, avatar_url, first_seen, last_seen, display_name)
        select id, username, avatar_url, seen, seen, display_name from unnest($1, $2, $3, $4, $5) as row (id, username, avatar_url, seen, display_name)
        on conflict (id) do update set username = excluded.username, display_name = excluded.display_name, avatar_url = excluded.avatar_url, last_seen = greatest(users.last_seen, excluded.last_seen)
        """)
    {
        Parameters =
        {
            new() { Value = Array.ConvertAll(newest, comment => comment.UserId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = Array.ConvertAll(newest, comment => comment.Username), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = Array.ConvertAll(newest, comment => comment.AvatarUrl), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = Array.ConvertAll(newest, comment => DateTimeOffset.FromUnixTimeMilliseconds(comment.CreatedAt)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            new() { Value = Array.ConvertAll(newest, comment => comment.DisplayName), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        },
    };

    // Only once it is committed: what was rolled back must be written again.
    private void RememberUsers(Comment[] written)
    {
        if (_users.Count + written.Length > MaxKnownUsers)
            _users.Clear();
        foreach (var comment in written)
            _users[comment.UserId] = (comment.Username, comment.DisplayName, comment.AvatarUrl, comment.CreatedAt);
    }
}
