using LiveComments.Contracts;

namespace LiveComments.Fanout.Api;

/// <summary>What Api said to a post or a reaction.</summary>
/// <param name="Status">HTTP status; 503 when there was no answer.</param>
sealed record ApiAnswer(int Status)
{
    /// <summary>The comment that was made.</summary>
    public string? CommentId { get; init; }

    /// <summary>The comment waits for a moderator.</summary>
    public bool IsHeld { get; init; }

    /// <summary>One of <see cref="ErrorCodes"/>, unless it went well.</summary>
    public string? Code { get; init; }

    /// <summary>Why not, for a person.</summary>
    public string? Message { get; init; }

    public long? RetryAfterMs { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Nobody knows whether it was stored: trying again with the same key is safe.</summary>
    public bool IsUndecided => Status >= StatusCodes.Status500InternalServerError;

    public static ApiAnswer NobodySpeaks { get; } = new(StatusCodes.Status401Unauthorized)
    {
        Code = ErrorCodes.Unauthorized,
        Message = "Say who you are first: connect with 'Authorization: Bearer …', or send 'authenticate' with a token.",
    };

    public static ApiAnswer None { get; } = new(StatusCodes.Status503ServiceUnavailable)
    {
        Code = ErrorCodes.Unavailable,
        Message = "The comment may not have been stored. Try again with the same key.",
    };

    public ServerError Error(string? key) => new(
        Code ?? ErrorCodes.Unavailable,
        Message ?? "A part of the system does not answer; try again in a moment.",
        Retryable: IsUndecided || Status == StatusCodes.Status429TooManyRequests)
    {
        IdempotencyKey = key,
        RetryAfterMs = RetryAfterMs,
    };
}
