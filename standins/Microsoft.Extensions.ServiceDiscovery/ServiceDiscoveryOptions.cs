using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Which schemes may be used, and how long an answer holds that nobody takes back.</summary>
public sealed class ServiceDiscoveryOptions
{
    /// <summary>True lets a name ask for any scheme.</summary>
    public bool AllowAllSchemes { get; set; } = true;

    /// <summary>How long endpoints hold when no provider says that they changed.</summary>
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The schemes that a name may ask for when not all are allowed.</summary>
    public IList<string> AllowedSchemes { get; set; } = new List<string>();

    /// <summary>What remains of the schemes that a name asks for. One that asks for none gets all that are listed.</summary>
    public IReadOnlyList<string> ApplyAllowedSchemes(IReadOnlyList<string> requestedSchemes)
    {
        ArgumentNullException.ThrowIfNull(requestedSchemes);

        if (requestedSchemes.Count == 0)
            return AllowedSchemes.AsReadOnly();

        return AllowAllSchemes
            ? requestedSchemes
            : requestedSchemes.Where(scheme => AllowedSchemes.Contains(scheme, StringComparer.OrdinalIgnoreCase)).ToArray();
    }
}

internal sealed class ServiceDiscoveryOptionsValidator : IValidateOptions<ServiceDiscoveryOptions>
{
    public ValidateOptionsResult Validate(string? name, ServiceDiscoveryOptions options) =>
        options.AllowedSchemes is null
            ? ValidateOptionsResult.Fail($"{nameof(options.AllowedSchemes)} must not be null.")
            : ValidateOptionsResult.Success;
}
