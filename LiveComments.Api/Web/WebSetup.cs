using LiveComments.Contracts;

namespace LiveComments.Api.Web;

/// <summary>How requests and answers become JSON, and how large a request may be.</summary>
static class WebSetup
{
    // Requests need no more than Limits.MaxJsonDepth; but by the same options answers are described, whose schemas nest
    // twice as deep as what they describe.
    private const int MaxDepth = 2 * Limits.MaxJsonDepth;

    public static void AddWeb(this WebApplicationBuilder builder)
    {
        builder.Services.AddExceptionHandler<PartsAway>();
        // Nothing here blocks a thread. So a request's way goes on where it is, on the thread that read it, instead of being
        // queued for another one at each step: half as many hops, each of which waits for its turn under load.
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            // The gateway's connections are few and busy: asking first whether there is something to read saves no memory, and costs two calls.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = Limits.MaxRequestBodyBytes);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            json.SerializerOptions.MaxDepth = MaxDepth;
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
    }
}
