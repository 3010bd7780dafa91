using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Where in the configuration services are listed.</summary>
public sealed class ConfigurationServiceEndpointProviderOptions
{
    /// <summary>The section that has a subsection for each service.</summary>
    public string SectionName { get; set; } = "Services";

    /// <summary>True for endpoints that are to be sent the service's name as Host header.</summary>
    public Func<ServiceEndpoint, bool> ShouldApplyHostNameMetadata { get; set; } = _ => false;
}

internal sealed class ConfigurationServiceEndpointProviderOptionsValidator : IValidateOptions<ConfigurationServiceEndpointProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, ConfigurationServiceEndpointProviderOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.SectionName))
            faults.AddError("must not be empty.", nameof(options.SectionName));
        if (options.ShouldApplyHostNameMetadata is null)
            faults.AddError("must not be null.", nameof(options.ShouldApplyHostNameMetadata));
        return faults.Build();
    }
}
