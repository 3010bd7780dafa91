namespace Aspire.Hosting.ApplicationModel;

public class NatsServerResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    internal const string DefaultUserName = "nats";

    private EndpointReference? _primaryEndpoint;

    public NatsServerResource(string name, ParameterResource? userName, ParameterResource? password) : this(name)
    {
        UserNameParameter = userName;
        PasswordParameter = password;
    }

    public EndpointReference PrimaryEndpoint => _primaryEndpoint ??= new(this, PrimaryEndpointName);

    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    public ParameterResource? UserNameParameter { get; set; }

    public ReferenceExpression UserNameReference => UserNameParameter is { } given ? ReferenceExpression.Create($"{given}") : ReferenceExpression.Create($"{DefaultUserName}");

    public ParameterResource? PasswordParameter { get; set; }

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var url = new ReferenceExpressionBuilder();
            url.AppendLiteral("nats://");
            if (PasswordParameter is { } password)
            {
                if (UserNameParameter is { } user)
                    url.Append($"{user:uri}");
                else
                    url.Append($"{DefaultUserName:uri}");
                url.Append($":{password:uri}@");
            }

            url.Append($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");
            return url.Build();
        }
    }

    public ReferenceExpression UriExpression => ConnectionStringExpression;

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Host", ReferenceExpression.Create($"{Host}"));
        yield return new("Port", ReferenceExpression.Create($"{Port}"));
        yield return new("Username", UserNameReference);
        if (PasswordParameter is { } password)
            yield return new("Password", ReferenceExpression.Create($"{password}"));
        yield return new("Uri", UriExpression);
    }
}
