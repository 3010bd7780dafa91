using System.Net.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>A connection that a request can take from the web server, whose state for it is then released.</summary>
interface IDetachableConnection
{
    /// <summary>
    /// Takes the connection away. What the response wrote so far has been sent; what the web server still writes is thrown
    /// away. The request must end soon: the socket is handed over when the web server has let go of the connection.
    /// </summary>
    /// <returns>False when the connection has to stay: somebody stands between it and the web server, or there is more to read.</returns>
    Task<bool> TryDetachAsync(IConnectionHeir heir);
}

/// <summary>Gets what is left of a detached connection: <see cref="Inherit"/> or <see cref="Disinherit"/> is called, once.</summary>
interface IConnectionHeir : IReadable
{
    /// <summary>The socket is the heir's from here on, as is its place under the <see cref="ConnectionCap"/>.</summary>
    /// <param name="socket">Non-blocking; nobody else uses it any more.</param>
    /// <param name="watch">Armed, or about to tell the heir. The heir disposes of it when it is told after it closed the socket.</param>
    void Inherit(Socket socket, ReadWatch watch);

    /// <summary>The connection broke before it could be handed over.</summary>
    void Disinherit();
}
