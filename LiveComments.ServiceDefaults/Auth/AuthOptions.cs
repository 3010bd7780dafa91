using System.ComponentModel.DataAnnotations;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>Where tokens come from. Section <c>Auth</c>.</summary>
public sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    /// <summary>HS256 wants a key no shorter than its hash (RFC 7518 §3.2).</summary>
    public const int MinSigningKeyBytes = 32;

    /// <summary>An OpenID Connect authority, whose published keys sign the tokens. Either this or <see cref="SigningKey"/>.</summary>
    public string? Authority { get; init; }

    /// <summary>A shared HS256 key, at least <see cref="MinSigningKeyBytes"/> bytes in UTF-8.</summary>
    public string? SigningKey { get; init; }

    /// <summary>The <c>iss</c> that tokens made with <see cref="SigningKey"/> carry.</summary>
    [Required]
    public string Issuer { get; init; } = "livecomments";

    /// <summary>The <c>aud</c> that every token must carry.</summary>
    [Required]
    public string Audience { get; init; } = "livecomments";

    /// <summary>Whether streams and comments can be read without a token.</summary>
    public bool AnonymousReads { get; init; } = true;

    /// <summary>The claim that says who subscribes (or has paid): <c>true</c>, or the ids of the broadcasters.</summary>
    [Required]
    public string SubscriberClaim { get; init; } = "subscriber";

    /// <summary>The claim with the ids of broadcasters whom the user follows, where an issuer knows that better than we do.</summary>
    [Required]
    public string FollowsClaim { get; init; } = "follows";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority is null == SigningKey is null)
            yield return new ValidationResult("Set exactly one of Auth:Authority (an OpenID Connect address) and Auth:SigningKey (a shared key).");
        if (SigningKey is not null && System.Text.Encoding.UTF8.GetByteCount(SigningKey) < MinSigningKeyBytes)
            yield return new ValidationResult($"Auth:SigningKey is shorter than {MinSigningKeyBytes} bytes.");
        if (Authority is not null && !Uri.TryCreate(Authority, UriKind.Absolute, out _))
            yield return new ValidationResult("Auth:Authority is no absolute address.");
    }
}
