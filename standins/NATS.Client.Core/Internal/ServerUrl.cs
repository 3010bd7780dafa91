namespace NATS.Client.Core.Internal;

/// <summary>One server's address. Equal when host and port are.</summary>
internal sealed record ServerUrl(string Host, int Port, bool IsSeed)
{
    private const int DefaultPort = 4222;

    public string UserInfo { get; private init; } = "";

    public Uri Uri => new($"nats://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    public static ServerUrl Parse(string text, bool isSeed)
    {
        text = text.Trim();
        var uri = new Uri(text.Contains("://", StringComparison.Ordinal) ? text : $"nats://{text}", UriKind.Absolute);
        if (uri.Scheme != "nats")
            throw new ArgumentException($"unsupported scheme {uri.Scheme} in nats URL", nameof(text));
        var host = uri.Host.Trim('[', ']');
        return new ServerUrl(host.Length == 0 ? "localhost" : host, uri.Port == -1 ? DefaultPort : uri.Port, isSeed) { UserInfo = uri.UserInfo };
    }

    public bool Equals(ServerUrl? other) => other is not null && Host == other.Host && Port == other.Port;

    public override int GetHashCode() => HashCode.Combine(Host, Port);

    // Without credentials: this goes into logs and exceptions.
    public override string ToString() => Uri.ToString().TrimEnd('/');
}
