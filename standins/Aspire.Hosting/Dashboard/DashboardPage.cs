using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>The page's own files, embedded in this assembly.</summary>
internal static class DashboardPage
{
    public static void Map(WebApplication web)
    {
        File(web, "/", "index.html", "text/html; charset=utf-8");
        File(web, "/page.css", "page.css", "text/css; charset=utf-8");
        foreach (var script in new[] { "shared.js", "page.js", "metrics.js", "traces.js" })
            File(web, $"/{script}", script, "text/javascript; charset=utf-8");
        File(web, "/icon.svg", "icon.svg", "image/svg+xml");
    }

    private static void File(WebApplication web, string path, string name, string type)
    {
        var assembly = typeof(DashboardPage).Assembly;
        web.MapGet(path, async (HttpContext context) =>
        {
            context.Response.ContentType = type;
            var content = assembly.GetManifestResourceStream($"Page/{name}") ?? throw new InvalidOperationException($"{name} is not embedded.");
            await using (content.ConfigureAwait(false))
                await content.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        });
    }
}
