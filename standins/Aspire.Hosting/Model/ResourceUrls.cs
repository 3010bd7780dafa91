namespace Aspire.Hosting.ApplicationModel;

public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    public int? DisplayOrder;

    public string? DisplayText { get; set; }

    public EndpointReference? Endpoint { get; init; }

    public required string Url { get; set; }
}

/// <summary>Changes how the URL of one endpoint is shown.</summary>
internal sealed record EndpointUrlCallback(string EndpointName, Action<ResourceUrlAnnotation> Callback) : IResourceAnnotation;
