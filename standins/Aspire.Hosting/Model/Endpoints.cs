using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A place where a resource listens; allocated before anything starts, so that others can be told of it.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private string? _transport;

    public EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? (protocol == ProtocolType.Udp ? "udp" : "tcp");
        _transport = transport;
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
        IsExplicitlyProxied = isProxied;
    }

    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    public bool ExcludeReferenceEndpoint { get; set; }

    public bool? IsExplicitlyProxied { get; set; }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    public string Name { get; set; }

    public int? Port { get; set; }

    public ProtocolType Protocol { get; set; }

    public string TargetHost { get; set; } = "localhost";

    public int? TargetPort { get; set; }

    public bool TlsEnabled { get; set; }

    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : Protocol.ToString().ToLowerInvariant());
        set => _transport = value;
    }

    public string UriScheme { get; set; }
}

public enum EndpointBindingMode
{
    SingleAddress = 0,
    DualStackAnyAddresses = 1,
    IPv4AnyAddresses = 2,
    IPv6AnyAddresses = 3,
}

public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    public string Address => address;

    public EndpointBindingMode BindingMode => EndpointBindingMode.SingleAddress;

    public EndpointAnnotation Endpoint => endpoint;

    public string EndPointString => $"{Address}:{Port}";

    public int Port => port;

    public string? TargetPortExpression => targetPortExpression;

    public string UriScheme => endpoint.UriScheme;

    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => UriString;
}
