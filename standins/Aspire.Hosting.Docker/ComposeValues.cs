using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Docker;

/// <summary>Spells values as Compose will know them: settings by their names in <c>.env</c>, other services by theirs.</summary>
internal sealed class ComposeValues
{
    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>What must be given: the setting's name, and what it is.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    public string Setting(string name, string description)
    {
        var key = EnvironmentNames.EncodeUpper(name);
        _settings.TryAdd(key, description);
        return $"${{{key}}}";
    }

    /// <summary>Where the endpoint's own process listens.</summary>
    public string InternalPort(IResource resource, EndpointAnnotation endpoint) =>
        (endpoint.TargetPort ?? (resource is ProjectResource ? null : endpoint.Port)) is { } port
            ? port.ToString(CultureInfo.InvariantCulture)
            : Setting($"{resource.Name}-port", $"Default container port for {resource.Name}");

    public string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        IResourceBuilder<IResource> builder => Of(builder.Resource),
        ParameterResource parameter => Setting(parameter.Name, $"Parameter {parameter.Name}"),
        ReferenceExpression expression => string.Format(CultureInfo.InvariantCulture, expression.Format, [.. expression.ValueProviders.Select(Of)]),
        ConnectionStringReference reference => Of(reference.Resource.ConnectionStringExpression),
        IResourceWithConnectionString resource => Of(resource.ConnectionStringExpression),
        EndpointReference endpoint => Endpoint(endpoint, EndpointProperty.Url),
        EndpointReferenceExpression property => Endpoint(property.Endpoint, property.Property),
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new HostFaultException($"A {value.GetType().Name} can't be written into a Compose file."),
    };

    private string Endpoint(EndpointReference endpoint, EndpointProperty property)
    {
        var host = endpoint.Resource.Name.ToLowerInvariant();
        var port = InternalPort(endpoint.Resource, endpoint.EndpointAnnotation);
        return property switch
        {
            EndpointProperty.Url => $"{endpoint.Scheme}://{host}:{port}",
            EndpointProperty.Host or EndpointProperty.IPV4Host => host,
            EndpointProperty.Port or EndpointProperty.TargetPort => port,
            EndpointProperty.HostAndPort => $"{host}:{port}",
            EndpointProperty.Scheme => endpoint.Scheme,
            _ => bool.FalseString,
        };
    }
}
