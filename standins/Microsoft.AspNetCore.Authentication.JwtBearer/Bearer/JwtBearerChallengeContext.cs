using Microsoft.AspNetCore.Http;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

public class JwtBearerChallengeContext(HttpContext context, AuthenticationScheme scheme, JwtBearerOptions options, AuthenticationProperties properties)
    : PropertiesContext<JwtBearerOptions>(context, scheme, options, properties)
{
    /// <summary>Why authentication failed; null when there was no token.</summary>
    public Exception? AuthenticateFailure { get; set; }

    /// <summary>The three parts that RFC 6750 allows in the answer's header.</summary>
    public string? Error { get; set; }

    public string? ErrorDescription { get; set; }

    public string? ErrorUri { get; set; }

    public bool Handled { get; private set; }

    /// <summary>The application has answered: no 401 of ours.</summary>
    public void HandleResponse() => Handled = true;
}
