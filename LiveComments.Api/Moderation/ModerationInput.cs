using System.Globalization;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary>What moderators write, checked.</summary>
static class ModerationInput
{
    // As long as a token's subject may be.
    private const int MaxUserIdLength = 128;

    /// <summary>Null when it is fine.</summary>
    public static ProblemHttpResult? FaultOfReason(string? reason) =>
        reason is not null && (reason.Length > ModerationLimits.MaxReasonCharacters || reason.Any(char.IsControl))
            ? Invalid(string.Create(CultureInfo.InvariantCulture, $"'reason' may have at most {ModerationLimits.MaxReasonCharacters} characters, on one line."))
            : null;

    /// <summary>Null when it is fine.</summary>
    public static ProblemHttpResult? FaultOfUserId(string userId) =>
        userId.Length is 0 or > MaxUserIdLength || userId.Any(char.IsControl) ? Invalid("'userId' must be the subject of somebody's token.") : null;

    /// <summary>Null when it is fine.</summary>
    public static ProblemHttpResult? FaultOf(StreamSettings settings) =>
        settings.SlowModeSeconds is < 0 or > ModerationLimits.MaxSlowModeSeconds
            ? Invalid(string.Create(CultureInfo.InvariantCulture, $"'slowModeSeconds' must be 0 to {ModerationLimits.MaxSlowModeSeconds}."))
            : settings.FollowersOnlySeconds is < 0 or > ModerationLimits.MaxFollowSeconds
            ? Invalid(string.Create(CultureInfo.InvariantCulture, $"'followersOnlySeconds' must be 0 to {ModerationLimits.MaxFollowSeconds}; leave it out when others may comment, too."))
            : settings.ReportsToReview is < 1 or > ModerationLimits.MaxReportsToReview
            ? Invalid(string.Create(CultureInfo.InvariantCulture, $"'reportsToReview' must be 1 to {ModerationLimits.MaxReportsToReview}."))
            : null;

    /// <summary>What <see cref="Rules.RuleSet.Compile"/> says begins with the part of the rules that it is about, so that a page can show it there.</summary>
    public static ProblemHttpResult FaultOfRules(string fault, string outcome)
    {
        var end = fault.AsSpan().IndexOfAny(' ', ':');
        return Problem.OfField(StatusCodes.Status400BadRequest, ErrorCodes.RuleInvalid, end > 0 ? fault[..end] : fault, $"{outcome}: {fault}");
    }

    public static ProblemHttpResult Invalid(string detail) => Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, detail);

    public static ProblemHttpResult Unavailable(HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The log does not answer; try again, it is safe.", retryable: true);
    }
}
