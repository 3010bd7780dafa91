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
        if (!isSafe)
            return false;
        if (!HasBody(context))
            return true;
        if (!IsSmall(context))
            return false;
        request.EnableBuffering(bufferThreshold: Limits.MaxRequestBodyBytes);
        return true;
    }

    /// <summary>The destination was never reached: nobody has read anything of the request.</summary>
    public static bool WasRefused(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } }
            // As the HTTP client says that no connection came about in time: a machine that is gone refuses nothing.
            or { Error: ForwarderError.RequestTimedOut, Exception: OperationCanceledException { InnerException: TimeoutException } };

    /// <summary>The connection broke before there was a whole answer, or none came in time: the request may have been done, or not. Whether the client has a part of one already the caller must know.</summary>
    public static bool WasCut(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException }
            // It hangs: the time-outs of all that it may wait for itself are shorter.
            or { Error: ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination or ForwarderError.RequestTimedOut };

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

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0);

    // Of a body that does not say how long it is, as many clients send them, the server lets no more through than this.
    private static bool IsSmall(HttpContext context) =>
        (context.Request.ContentLength ?? context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize) <= Limits.MaxRequestBodyBytes;

    // Posts to comments, and reactions to them, are recognised by their key. Others carry one in vain.
    private static bool HasKey(HttpRequest request) =>
        request.Headers.ContainsKey(LiveHeaders.IdempotencyKey) && request.Path.Value?.Contains(Comments, StringComparison.Ordinal) == true;
}
