namespace LiveComments.Api.Web;

/// <summary>The REST interface as OpenAPI 3.1, at <c>/openapi/v1.json</c>.</summary>
static class Description
{
    public static void AddDescription(this IHostApplicationBuilder builder) =>
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Live Comments";
            // Clients come by the gateway; the address that this process was asked at means nothing to them.
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));

    public static void MapDescription(this WebApplication app) => app.MapOpenApi();
}
