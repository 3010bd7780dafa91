using System.Collections.Concurrent;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Reputation;

/// <summary>
/// What moderators' decisions made of users' reputation, from 0 to 1: folded from the log, in its order, so every process
/// has the same without asking anybody.
/// </summary>
/// <remarks>
/// An act says itself whose reputation it moves, and how far (<see cref="ModerationAct.Moves"/>). Of a user the place of the
/// last move is known, too: what Postgres told and the log tells again counts once.
/// </remarks>
sealed class Reputations
{
    /// <summary>With which everybody begins.</summary>
    public const double Neutral = 0.5;

    // A decision or two against somebody, or for them, don't matter yet.
    private const double Ordinary = 0.15;

    // Nobody counts for nothing.
    private const double MinWeight = 0.1;

    // Some 30 MB. Past it those about whom least is known, who stand nearest to the middle, are forgotten.
    private const int MaxUsers = 200_000;

    private readonly ConcurrentDictionary<string, (double Score, Cursor Place)> _users = new(StringComparer.Ordinal);

    public double Of(string userId) => _users.TryGetValue(userId, out var known) ? known.Score : Neutral;

    /// <summary>How much a report of this user counts: 1 for those about whom little is known, up to 2 for the best, down to a tenth for the worst.</summary>
    public double WeightOf(string userId) => Of(userId) is var score && Math.Abs(score - Neutral) < Ordinary ? 1 : Math.Max(MinWeight, 2 * score);

    /// <summary>Takes what an act did to reputations. By one thread, in the log's order.</summary>
    public void Apply(IReadOnlyList<ReputationMove> moves, Cursor place)
    {
        foreach (var move in moves)
        {
            var known = _users.GetValueOrDefault(move.UserId, (Neutral, default));
            if (known.Place < place)
                Set(move.UserId, Math.Clamp(known.Score + move.By, 0, 1), place);
        }
    }

    /// <summary>Takes what Postgres says, unless the log has said more since.</summary>
    public void Learn(IEnumerable<(string UserId, double Score, Cursor Place)> stored)
    {
        foreach (var (userId, score, place) in stored)
        {
            if (!_users.TryGetValue(userId, out var known) || known.Place < place)
                Set(userId, score, place);
        }
    }

    private void Set(string userId, double score, Cursor place)
    {
        if (_users.Count >= MaxUsers)
            Forget();
        _users[userId] = (score, place);
    }

    private void Forget()
    {
        foreach (var (userId, _) in _users.OrderBy(user => Math.Abs(user.Value.Score - Neutral)).Take(MaxUsers / 2).ToList())
            _users.TryRemove(userId, out _);
    }
}
