using LiveComments.ServiceDefaults.Auth;
using Microsoft.Extensions.Options;

namespace LiveComments.Api.Web;

/// <summary>Who may read: everybody, unless the deployment says otherwise.</summary>
static class Readers
{
    public static TBuilder RequireReader<TBuilder>(this TBuilder builder, WebApplication app) where TBuilder : IEndpointConventionBuilder =>
        app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousReads ? builder : builder.RequireAuthorization();
}
