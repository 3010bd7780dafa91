using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// Which requests may be sent to another destination when the first gave no answer. Whatever did not get as far as a connection may. What may
/// have arrived, only if it does no harm twice: reads, PUT and DELETE, and what Api recognises by its key.
/// </summary>
static class SecondTry
{
    private const string Comments = "/comments";

    /// <summary>To be asked before the first try. Keeps the body, if it is one that may have to be sent again.</summary>
    public static bool MayComeTwice(HttpContext context)
    {
        var request = context.Request;
        // A WebSocket over HTTP/2 is asked for by CONNECT; what it says comes when it has been accepted.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true })
            return true;
        var isSafe = HttpMethods.IsPut(request.Method) || HttpMethods.IsDelete(request.Method) || (HttpMethods.IsPost(request.Method) && HasKey(request));
        if (!isSafe || request.ContentLength is > Limits.MaxRequestBodyBytes || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0))
            return false;
        if (request.ContentLength > 0)
            request.EnableBuffering(bufferThreshold: Limits.MaxRequestBodyBytes);
        return true;
    }

    /// <summary>The destination was never reached: nobody has read anything of the request.</summary>
    public static bool WasRefused(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } }
            // As the HTTP client says that no connection came about in time: a machine that is gone refuses nothing.
            or { Error: ForwarderError.RequestTimedOut, Exception: OperationCanceledException { InnerException: TimeoutException } };

    /// <summary>The connection broke before there was a whole answer: the request may have been done, or not. Whether the client has a part of one already the caller must know.</summary>
    public static bool WasCut(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException } or { Error: ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination };

    /// <summary>
    /// The destination answered before it had read the whole request, which it need not have; the answer is there, and good. An answer that is not
    /// the forwarder has cleared, headers and all.
    /// </summary>
    public static bool WasAnswered(IForwarderErrorFeature error, HttpResponse response) =>
        error.Error is ForwarderError.RequestBodyDestination or ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled && response.Headers.Count > 0;

    public static void Rewind(HttpRequest request)
    {
        if (request.Body.CanSeek)
            request.Body.Position = 0;
    }

    // Posts to comments, and reactions to them, are recognised by their key. Others carry one in vain.
    private static bool HasKey(HttpRequest request) =>
        request.Headers.ContainsKey(LiveHeaders.IdempotencyKey) && request.Path.Value?.Contains(Comments, StringComparison.Ordinal) == true;
}
