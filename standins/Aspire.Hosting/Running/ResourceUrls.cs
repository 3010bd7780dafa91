using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

internal static class ResourceUrls
{
    public static ImmutableArray<UrlSnapshot> Of(IResource resource) =>
        resource is not IResourceWithEndpoints owner ? [] : [.. owner.GetEndpoints().Where(endpoint => endpoint.IsAllocated).Select(endpoint => Show(owner, endpoint))];

    private static UrlSnapshot Show(IResourceWithEndpoints owner, EndpointReference endpoint)
    {
        var url = new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint };
        foreach (var change in owner.Annotations.OfType<EndpointUrlCallback>().Where(change => string.Equals(change.EndpointName, endpoint.EndpointName, StringComparison.OrdinalIgnoreCase)))
            change.Callback(url);
        // A callback may give a path only.
        var shown = url.Url.StartsWith('/') ? endpoint.Url + url.Url : url.Url;
        return new(endpoint.EndpointName, shown, IsInternal: !endpoint.EndpointAnnotation.IsExternal) { DisplayProperties = new(url.DisplayText ?? "", url.DisplayOrder ?? 0) };
    }
}
