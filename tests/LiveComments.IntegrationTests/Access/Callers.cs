using LiveComments.Contracts;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Everybody who may knock, in the order of the columns of <see cref="AccessMatrixTests"/>.</summary>
enum Caller
{
    Anonymous,

    /// <summary>Who wrote the comment at hand.</summary>
    Author,

    OtherUser,

    /// <summary>Who made the stream at hand.</summary>
    Broadcaster,

    /// <summary>Who made another stream.</summary>
    OtherBroadcaster,

    Moderator,
    Admin,
    ExpiredToken,
    WrongAudience,

    /// <summary>Whom the broadcaster has named a moderator of the stream at hand; no column, see the matrix.</summary>
    StreamModerator,

    /// <summary>Who was one, and is no more.</summary>
    FormerModerator,
}

static class Callers
{
    public static Caller[] All { get; } = Enum.GetValues<Caller>();

    /// <summary>Nobody in particular, or nobody that is believed.</summary>
    public static bool IsNobody(this Caller caller) => caller is Caller.Anonymous or Caller.ExpiredToken or Caller.WrongAudience;

    public static string? TokenOf(Caller caller) => caller switch
    {
        Caller.Anonymous => null,
        Caller.Moderator => TestTokens.Of("moderator", Roles.Moderator),
        Caller.Admin => TestTokens.Of("admin", Roles.Admin),
        // An admin's, so that they would open every door if they were taken.
        Caller.ExpiredToken => TestTokens.Of("admin", Roles.Admin, expiresIn: TimeSpan.FromMinutes(-2)),
        Caller.WrongAudience => TestTokens.Of("admin", Roles.Admin, audience: "another-service"),
        _ => TestTokens.Of(IdOf(caller)),
    };

    /// <summary>The user's id, of those who have none by their role.</summary>
    public static string IdOf(Caller caller) => caller.ToString().ToLowerInvariant();
}
