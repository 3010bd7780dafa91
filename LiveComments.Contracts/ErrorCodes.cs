namespace LiveComments.Contracts;

/// <summary>The stable <c>code</c> of a problem document or of an <c>error</c> message.</summary>
public static class ErrorCodes
{
    public const string InvalidMessage = "INVALID_MESSAGE";
    public const string ContentInvalid = "CONTENT_INVALID";
    public const string BodyTooLarge = "BODY_TOO_LARGE";
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";
    public const string Unauthorized = "UNAUTHORIZED";
    public const string TicketInvalid = "TICKET_INVALID";
    public const string TokenExpired = "TOKEN_EXPIRED";
    public const string Forbidden = "FORBIDDEN";
    public const string NotFound = "NOT_FOUND";
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";
    public const string StreamNotFound = "STREAM_NOT_FOUND";
    public const string StreamExists = "STREAM_EXISTS";
    public const string StreamEnded = "STREAM_ENDED";
    public const string CommentNotFound = "COMMENT_NOT_FOUND";
    public const string ReactionInvalid = "REACTION_INVALID";
    public const string IdempotencyKeyInvalid = "IDEMPOTENCY_KEY_INVALID";
    public const string IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED";
    public const string RateLimited = "RATE_LIMITED";
    public const string ContentViolation = "CONTENT_VIOLATION";
    public const string Banned = "BANNED";
    public const string Muted = "MUTED";
    public const string CommentsOff = "COMMENTS_OFF";
    public const string EmoteOnly = "EMOTE_ONLY";
    public const string FollowersOnly = "FOLLOWERS_ONLY";
    public const string SubscribersOnly = "SUBSCRIBERS_ONLY";
    public const string RuleInvalid = "RULE_INVALID";
    public const string ReviewDecided = "REVIEW_DECIDED";
    public const string TooManyConnections = "TOO_MANY_CONNECTIONS";
    public const string CursorInvalid = "CURSOR_INVALID";
    public const string LimitInvalid = "LIMIT_INVALID";
    public const string RangeInvalid = "RANGE_INVALID";
    public const string UpgradeRequired = "UPGRADE_REQUIRED";
    public const string Overloaded = "OVERLOADED";
    public const string Unavailable = "UNAVAILABLE";
    public const string Internal = "INTERNAL";
}
