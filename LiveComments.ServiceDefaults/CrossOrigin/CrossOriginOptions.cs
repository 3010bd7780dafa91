using System.ComponentModel.DataAnnotations;

namespace LiveComments.ServiceDefaults.CrossOrigin;

/// <summary>Which pages may use this service from another origin. Section <c>Cors</c>.</summary>
public sealed class CrossOriginOptions : IValidatableObject
{
    public const string Section = "Cors";

    /// <summary>Origins as a browser says them, such as <c>https://video.example</c>; none by default.</summary>
    public string[] AllowedOrigins { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var index = 0; index < AllowedOrigins.Length; index++)
        {
            // What a browser sends has no path and no slash at the end; "*" would let every page in the world write as its visitor.
            var origin = AllowedOrigins[index];
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
                yield return new ValidationResult($"{Section}:{nameof(AllowedOrigins)}:{index} is '{origin}'; an origin is a scheme, a host and perhaps a port, such as https://video.example.");
        }
    }
}
