using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Gateway.WebClient;

/// <summary>Serves the web client, which the build puts beside this program.</summary>
static class WebClientFiles
{
    private const string IndexFile = "index.html";

    public static void UseWebClient(this WebApplication app)
    {
        var options = Options();
        app.UseCompressedFiles(options.FileProvider!);
        app.UseStaticFiles(options);
    }

    /// <summary>Every address that is nothing else is a page of the client's own router.</summary>
    public static void MapWebClient(this WebApplication app) =>
        app.MapFallbackToFile("{*path:nonfile}", IndexFile, Options());

    private static StaticFileOptions Options() => new()
    {
        FileProvider = new PhysicalFileProvider(Folder()),
        ContentTypeProvider = new CompressedFiles.Types(),
        OnPrepareResponse = context =>
        {
            // File names under assets/ carry a hash of their content; everything else must be asked for again.
            var isHashed = context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal);
            context.Context.Response.Headers[HeaderNames.CacheControl] = isHashed ? "public, max-age=31536000, immutable" : "no-cache";
            CompressedFiles.Describe(context.Context.Response, context.File.Name);
        },
    };

    private static string Folder()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        // Built with -p:SkipWebClient=true there is none; the API works all the same.
        Directory.CreateDirectory(folder);
        return folder;
    }
}
