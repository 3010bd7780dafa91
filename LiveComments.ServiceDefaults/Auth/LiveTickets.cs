using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Breakers;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>Who watches by a ticket or a session, and how long that holds.</summary>
/// <param name="User">Whom the token named.</param>
/// <param name="TokenExpiresAt">The token's <c>exp</c>, Unix seconds, or the end of <see cref="LiveTickets.MaxSession"/> when that is sooner.</param>
public sealed record LiveSession(User User, long TokenExpiresAt);

/// <summary>
/// Tickets (used once, within seconds) and sessions (what a ticket turns into, so that a browser can reconnect) of
/// viewers who can't send a token. Both are random, belong to one stream, and lie in Redis by their hash alone: who reads
/// Redis can watch as nobody.
/// </summary>
/// <remarks>
/// Throws <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis is away. A ticket whose redeeming
/// timed out may have been used up all the same; its holder gets a new one.
/// </remarks>
public sealed class LiveTickets(IConnectionMultiplexer redis, TimeProvider clock, ILogger<LiveTickets> logger, BreakerMetrics? breakers = null)
{
    public const string BreakerName = "redis.tickets";

    /// <summary>Long enough for a page to fetch a ticket and connect; too short to be worth stealing from an address.</summary>
    public static readonly TimeSpan TicketLifetime = TimeSpan.FromSeconds(30);

    /// <summary>A session never lasts longer, whatever its token says.</summary>
    public static readonly TimeSpan MaxSession = TimeSpan.FromHours(12);

    /// <summary>One user gets so many tickets within <see cref="TicketWindow"/>: each may become a session, which lies in Redis for hours.</summary>
    public const int MaxTickets = 30;

    public static readonly TimeSpan TicketWindow = TimeSpan.FromMinutes(1);

    // A healthy answer takes well under a millisecond; a browser must not wait for a Redis that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LeastLifetime = TimeSpan.FromSeconds(1);

    // 256 bits: not to be guessed, and 43 characters of base64url.
    private const int SecretBytes = 32;
    private const int SecretLength = 43;

    private readonly RedisBreaker _redis = new(BreakerName, redis, Timeout, clock, breakers, logger);

    /// <summary>A new ticket. Null when the user has had <see cref="MaxTickets"/> lately.</summary>
    public async Task<LiveTicket?> IssueAsync(string streamId, LiveSession session, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var bounded = session with { TokenExpiresAt = Math.Min(session.TokenExpiresAt, (now + MaxSession).ToUnixTimeSeconds()) };
        var lifetime = LifetimeOf(bounded, atMost: TicketLifetime);
        if (await _redis.AskAsync(database => CountAsync(database, session.User.Id), cancellationToken) > MaxTickets)
            return null;
        var ticket = NewSecret();
        await _redis.AskAsync(database => database.StringSetAsync(TicketKey(streamId, ticket), Text(bounded), lifetime), cancellationToken);
        return new LiveTicket(ticket, now + lifetime);
    }

    /// <summary>Uses the ticket up. Null when there is none such for that stream, or no longer.</summary>
    public async Task<LiveSession?> RedeemAsync(string streamId, string ticket, CancellationToken cancellationToken) =>
        IsSecret(ticket)
            ? Parse(await _redis.AskAsync(database => database.StringGetDeleteAsync(TicketKey(streamId, ticket)), cancellationToken))
            : null;

    /// <summary>A new session, by whose id its holder may come back to the stream.</summary>
    public async Task<(string Id, TimeSpan Lifetime)> OpenAsync(string streamId, LiveSession session, CancellationToken cancellationToken)
    {
        var id = NewSecret();
        var lifetime = LifetimeOf(session, atMost: MaxSession);
        await _redis.AskAsync(database => database.StringSetAsync(SessionKey(streamId, id), Text(session), lifetime), cancellationToken);
        return (id, lifetime);
    }

    /// <summary>Null when there is no such session of that stream, or no longer.</summary>
    public async Task<LiveSession?> FindAsync(string streamId, string sessionId, CancellationToken cancellationToken) =>
        IsSecret(sessionId)
            ? Parse(await _redis.AskAsync(database => database.StringGetAsync(SessionKey(streamId, sessionId)), cancellationToken))
            : null;

    private static async Task<long> CountAsync(IDatabase database, string userId)
    {
        var key = (RedisKey)$"tickets:{{{userId}}}";
        var count = database.StringIncrementAsync(key);
        var expiry = database.KeyExpireAsync(key, TicketWindow, ExpireWhen.HasNoExpiry);
        await expiry;
        return await count;
    }

    // As long as the token is taken; Redis knows no shorter time than this least one.
    private TimeSpan LifetimeOf(LiveSession session, TimeSpan atMost)
    {
        var left = DateTimeOffset.FromUnixTimeSeconds(session.TokenExpiresAt) + Authentication.ClockSkew - clock.GetUtcNow();
        return left > atMost ? atMost : left > LeastLifetime ? left : LeastLifetime;
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    private static bool IsSecret(string text) => text.Length == SecretLength && Base64Url.IsValid(text);

    private static RedisKey TicketKey(string streamId, string ticket) => $"ticket:{HashOf(streamId, ticket)}";

    private static RedisKey SessionKey(string streamId, string id) => $"live-session:{HashOf(streamId, id)}";

    // The stream is a part of what is hashed: at another stream's address there is nothing to be found, and nothing used up.
    private static string HashOf(string streamId, string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{streamId}\n{secret}")));

    private static string Text(LiveSession session) => JsonSerializer.Serialize(session, LiveSessionJson.Default.LiveSession);

    private static LiveSession? Parse(RedisValue value) =>
        value.IsNull ? null : JsonSerializer.Deserialize((string)value!, LiveSessionJson.Default.LiveSession);
}
