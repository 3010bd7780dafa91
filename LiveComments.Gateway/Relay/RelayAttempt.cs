using System.Net;
using LiveComments.Gateway.Relay.Trunks;
using LiveComments.ServiceDefaults.Trunks;
using Yarp.ReverseProxy.Forwarder;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// One request that YARP forwards for us, up to the head of its answer. When that is a stream of events, takes the body, if the rest of it comes by the
/// trunk, and else the node's connection. Everything else YARP passes on to its end.
/// </summary>
/// <param name="inner">What the route does with requests and answers.</param>
/// <param name="trunk">Over which the stream may come, too.</param>
sealed class RelayAttempt(HttpTransformer inner, TrunkLine? trunk) : HttpTransformer
{
    private const string Chunked = "chunked";

    private NodeConnection? _connection;

    /// <summary>The connection that was taken, if any.</summary>
    public NodeConnection? Taken { get; private set; }

    /// <summary>What was received of the body meanwhile.</summary>
    public ReadOnlyMemory<byte> Received { get; private set; }

    /// <summary>The viewer's number on the trunk, if there is one.</summary>
    public uint Number { get; } = trunk?.TakeNumber() ?? 0;

    /// <summary>The node has answered, and will say nothing of this viewer over the trunk.</summary>
    public bool StaysOffTheTrunk { get; private set; }

    /// <summary>The beginning of a stream that goes on over the trunk; null for any other answer.</summary>
    public HttpContent? Beginning { get; private set; }

    /// <summary>The request is being written to that connection.</summary>
    public void Uses(NodeConnection connection) => _connection = connection;

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        // Only the gateway has trunks.
        proxyRequest.Headers.Remove(TrunkProtocol.Header);
        if (trunk is not null)
            proxyRequest.Headers.TryAddWithoutValidation(TrunkProtocol.Header, TrunkProtocol.Seat(trunk.Id, Number));
    }

    /// <returns>False when the body is not YARP's to pass on.</returns>
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        StaysOffTheTrunk = proxyResponse?.Headers.Contains(TrunkProtocol.Header) == false;
        if (!await inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken))
            return false;
        if (proxyResponse is null || _connection is null || !IsEventStream(proxyResponse))
            return true;
        if (trunk is not null && httpContext.Response.Headers.Remove(TrunkProtocol.Header))
        {
            // With it, YARP would dispose of the answer.
            Beginning = proxyResponse.Content;
            proxyResponse.Content = null;
            return false;
        }

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
