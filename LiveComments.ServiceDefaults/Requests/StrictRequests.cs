using System.Buffers;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LiveComments.ServiceDefaults.Requests;

/// <summary>
/// Refuses requests of which two readers could make two different ones, though the web server has settled on one reading: whoever stands before
/// us may have settled on the other, and then the rest of the bytes would be somebody's next request (request smuggling). The connection ends with it. For services that clients reach.
/// </summary>
public static class StrictRequests
{
    private const string Chunked = "chunked";
    private const string WebSocket = "websocket";

    // Where the web server puts a Content-Length that came beside chunks.
    private const string LengthBesideChunks = "X-Content-Length";

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // All but the tab, which may stand between words (RFC 9110 §5.5).
    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7F).Where(code => code != '\t').Select(code => (char)code)]);

    private static readonly SearchValues<char> NoneInPaths = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7F).Select(code => (char)code)]);

    /// <summary>Goes before everything that looks at a request.</summary>
    public static void UseStrictRequests(this WebApplication app) => app.Use((context, next) =>
        FaultOf(context.Request) is { } fault ? RefuseAsync(context, fault) : next(context));

    private static string? FaultOf(HttpRequest request) =>
        request.Headers.TransferEncoding.Count > 0 && !IsPlainlyChunked(request) ? "Send either a Content-Length, or over HTTP/1.1 'Transfer-Encoding: chunked', once and alone."
        : IsNoHandshake(request) ? "A WebSocket is asked for by GET over HTTP/1.1, or by CONNECT over HTTP/2."
        : request.Path.Value.AsSpan().ContainsAny(NoneInPaths) ? "An address has no control characters."
        : HasOddHeader(request.Headers) ? "A header's name is a token, and its value has no control characters (RFC 9110 §5)."
        : null;

    private static bool IsPlainlyChunked(HttpRequest request) =>
        request.Headers.TransferEncoding is [{ } coding] && coding.Equals(Chunked, StringComparison.OrdinalIgnoreCase)
        && !request.Headers.ContainsKey(LengthBesideChunks)
        // There was no such thing before, and its proxies pass it on as it is (RFC 9112 §6.1).
        && !HttpProtocol.IsHttp10(request.Protocol);

    // Passed on, it would be a good one by the time it arrives.
    private static bool IsNoHandshake(HttpRequest request) =>
        request.Headers.Upgrade.Count > 0 && request.Headers.Upgrade.ToString().Contains(WebSocket, StringComparison.OrdinalIgnoreCase)
        && (HttpProtocol.IsHttp10(request.Protocol) || !HttpMethods.IsGet(request.Method));

    private static bool HasOddHeader(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (name.AsSpan().ContainsAnyExcept(NameCharacters))
                return true;
            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny(ControlCharacters))
                    return true;
            }
        }

        return false;
    }

    private static Task RefuseAsync(HttpContext context, string fault)
    {
        // Where the next request begins is what can't be told. HTTP/2 has frames for that, and no such header.
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, fault).ExecuteAsync(context);
    }
}
