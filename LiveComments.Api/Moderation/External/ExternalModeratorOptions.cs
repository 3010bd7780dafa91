using System.ComponentModel.DataAnnotations;

namespace LiveComments.Api.Moderation.External;

/// <summary>A moderator of somebody else's, asked over HTTP about each comment that all rules let pass. Section <c>ExternalModerator</c>. Without an address nothing leaves the host.</summary>
sealed class ExternalModeratorOptions : IValidatableObject
{
    public const string Section = "ExternalModerator";

    private static readonly TimeSpan MinDeadline = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxRememberFor = TimeSpan.FromHours(1);
    private const int MostConcurrent = 1_000;

    /// <summary>Where it is asked; null switches it off.</summary>
    public Uri? Url { get; init; }

    /// <summary>How long a post waits for its answer, connecting included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>What becomes of a comment when there is no answer. Must be said: neither is right for everybody.</summary>
    public ExternalFailure? OnFailure { get; init; }

    /// <summary>Sent as a bearer token, if it wants one.</summary>
    public string? Token { get; init; }

    /// <summary>Questions at once; more are failures, and nobody waits.</summary>
    public int MaxConcurrent { get; init; } = 100;

    /// <summary>For how long an answer holds for the same text on the same stream; zero asks each time.</summary>
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is null)
            yield break;
        if (!Url.IsAbsoluteUri || (Url.Scheme != Uri.UriSchemeHttp && Url.Scheme != Uri.UriSchemeHttps) || Url.UserInfo.Length > 0)
            yield return new ValidationResult($"{Section}:{nameof(Url)} must be an http or https address without a user name.");
        if (OnFailure is null || !Enum.IsDefined(OnFailure.Value))
            yield return new ValidationResult($"{Section}:{nameof(OnFailure)} must say what becomes of a comment when there is no answer: {nameof(ExternalFailure.Open)} or {nameof(ExternalFailure.Closed)}.");
        if (Deadline < MinDeadline || Deadline > MaxDeadline)
            yield return new ValidationResult($"{Section}:{nameof(Deadline)} must be between {MinDeadline.TotalMilliseconds} ms and {MaxDeadline.TotalSeconds} s.");
        if (MaxConcurrent is < 1 or > MostConcurrent)
            yield return new ValidationResult($"{Section}:{nameof(MaxConcurrent)} must be 1 to {MostConcurrent}.");
        if (RememberFor < TimeSpan.Zero || RememberFor > MaxRememberFor)
            yield return new ValidationResult($"{Section}:{nameof(RememberFor)} must be between zero and an hour.");
        // A header can't carry it, and the message of who tries would show it.
        if (Token?.Any(letter => letter is <= ' ' or > '~') == true)
            yield return new ValidationResult($"{Section}:{nameof(Token)} must be printable ASCII without spaces.");
    }
}

/// <summary>What becomes of a comment that the external moderator says nothing about.</summary>
enum ExternalFailure
{
    /// <summary>It is shown.</summary>
    Open,

    /// <summary>It is held for a moderator.</summary>
    Closed,
}
