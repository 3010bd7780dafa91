using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// One request that YARP forwards for us, up to the head of its answer: takes the node's connection when the answer is a
/// stream of events. Everything else YARP passes on to its end.
/// </summary>
sealed class RelayAttempt(HttpTransformer inner) : HttpTransformer
{
    private const string Chunked = "chunked";

    private NodeConnection? _connection;

    /// <summary>The connection that was taken, if any.</summary>
    public NodeConnection? Taken { get; private set; }

    /// <summary>What was received of the body meanwhile.</summary>
    public ReadOnlyMemory<byte> Received { get; private set; }

    /// <summary>The request is being written to that connection.</summary>
    public void Uses(NodeConnection connection) => _connection = connection;

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken) =>
        inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

    /// <returns>False when the body is not YARP's to pass on.</returns>
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (!await inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken))
            return false;
        if (proxyResponse is null || _connection is null || !IsEventStream(proxyResponse))
            return true;
        Received = _connection.Take();
        Taken = _connection;
        return false;
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);

    // In chunks, since that is how the web server's own head will say that the body comes.
    private static bool IsEventStream(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK
        && response.Version == HttpVersion.Version11
        && response.Content.Headers.ContentType?.MediaType == RelayRules.EventStream
        && response.Headers.TransferEncoding is { Count: 1 } codings
        && codings.First() is { } coding && coding.Parameters.Count == 0 && string.Equals(coding.Value, Chunked, StringComparison.OrdinalIgnoreCase);
}
