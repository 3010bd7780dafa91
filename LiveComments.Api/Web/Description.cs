using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;

namespace LiveComments.Api.Web;

/// <summary>The REST interface as OpenAPI 3.1, at <c>/openapi/v1.json</c>; in Development with a page to try it out, at <c>/openapi</c>.</summary>
static class Description
{
    private const string PagePrefix = "openapi";
    private const string Title = "Live Comments";

    public static void AddDescription(this IHostApplicationBuilder builder) =>
        builder.Services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = Title;
                // Clients come by the gateway; the address that this process was asked at means nothing to them.
                document.Servers?.Clear();
                document.AddComponent(JwtBearerDefaults.AuthenticationScheme, new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                    Description = "In Development POST /api/auth/dev-token gives one.",
                } as IOpenApiSecurityScheme);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any())
                    operation.Security = [new() { [new OpenApiSecuritySchemeReference(JwtBearerDefaults.AuthenticationScheme, context.Document)] = [] }];
                return Task.CompletedTask;
            });
        });

    public static void MapDescription(this WebApplication app)
    {
        app.MapOpenApi();
        if (!app.Environment.IsDevelopment())
            return;
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = PagePrefix;
            page.DocumentTitle = $"{Title}: the REST interface";
            page.SwaggerEndpoint("v1.json", Title);
        });
    }
}
