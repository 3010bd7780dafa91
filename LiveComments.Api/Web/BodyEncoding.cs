using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Api.Web;

/// <summary>
/// JSON is UTF-8 (RFC 8259 §8.1). A body that says to be anything else, or nothing that there is, is refused before somebody tries to read it; so is a
/// compressed one, which is never inflated: of eight kilobytes that come in there would be eight megabytes.
/// </summary>
static class BodyEncoding
{
    private const string Utf8 = "utf-8";
    private const string AsItIs = "identity";

    // What nearly everybody sends, and needs no reading.
    private const string Json = "application/json";

    public static void UseUtf8Bodies(this WebApplication app) => app.Use((context, next) =>
        IsCompressed(context.Request) ? RefuseCompressedAsync(context)
        : context.Request.ContentType is not (null or Json) && MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue
            && !HeaderUtilities.RemoveQuotes(type.Charset).Equals(Utf8, StringComparison.OrdinalIgnoreCase)
            ? Problem.Of(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType, "Send the body as application/json in UTF-8.").ExecuteAsync(context)
            : next(context));

    private static bool IsCompressed(HttpRequest request) =>
        request.Headers.ContentEncoding is { Count: > 0 } encoding && !encoding.ToString().Equals(AsItIs, StringComparison.OrdinalIgnoreCase);

    private static Task RefuseCompressedAsync(HttpContext context)
    {
        // Says which encodings of a body there are (RFC 9110 §15.5.16).
        context.Response.Headers.AcceptEncoding = AsItIs;
        return Problem.Of(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType, "Send the body as it is, without a Content-Encoding.").ExecuteAsync(context);
    }
}
