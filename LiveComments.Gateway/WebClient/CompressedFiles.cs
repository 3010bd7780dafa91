using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Gateway.WebClient;

/// <summary>
/// The build puts a compressed copy beside each file that gains by it. Whoever can read one is given it, at no cost here:
/// a third of the bytes on the way to a phone.
/// </summary>
static class CompressedFiles
{
    // The smaller one first.
    private static readonly (string Encoding, string Extension)[] Copies = [("br", ".br"), ("gzip", ".gz")];

    public static void UseCompressedFiles(this WebApplication app, IFileProvider files) => app.Use((context, next) =>
    {
        if (CopyFor(context.Request, files) is { } extension)
            context.Request.Path += extension;
        return next(context);
    });

    /// <summary>Says what a copy is a copy of, and that others may be given another one.</summary>
    public static void Describe(HttpResponse response, string fileName)
    {
        foreach (var (encoding, extension) in Copies)
        {
            if (fileName.EndsWith(extension, StringComparison.Ordinal))
                response.Headers.ContentEncoding = encoding;
        }

        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
    }

    private static string? CopyFor(HttpRequest request, IFileProvider files)
    {
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || !request.Path.StartsWithSegments("/assets", StringComparison.Ordinal))
            return null;
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (encoding, extension) in Copies)
        {
            if (accepted.Any(one => one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0) && files.GetFileInfo(request.Path.Value + extension).Exists)
                return extension;
        }

        return null;
    }

    /// <summary>A copy has the type of what it is a copy of.</summary>
    public sealed class Types : IContentTypeProvider
    {
        private readonly FileExtensionContentTypeProvider _known = new();

        public bool TryGetContentType(string subpath, out string contentType)
        {
            foreach (var (_, extension) in Copies)
            {
                if (subpath.EndsWith(extension, StringComparison.Ordinal))
                    subpath = subpath[..^extension.Length];
            }

            return _known.TryGetContentType(subpath, out contentType!);
        }
    }
}
