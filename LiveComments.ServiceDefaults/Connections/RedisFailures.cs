using System.Net.Sockets;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.ServiceDefaults.Connections;

/// <summary>What a call to Redis throws when Redis, or the way to it, is away.</summary>
public static class RedisFailures
{
    /// <summary>
    /// True for all of it, a breaker's word that it is not asked included. When the client gives up a connection of which nothing was heard any more, commands under way end
    /// with whatever its reading loop met, and not with an exception of its own: seen as an <see cref="InvalidOperationException"/> of a
    /// pipe that was completed, and, when it broke while a command was being written, as a cancellation that nobody asked for, with
    /// StackExchange.Redis 2.13. Who lets that through stops the process, or answers 500.
    /// </summary>
    public static bool IsAway(Exception exception) =>
        exception is RedisException or TimeoutException or IOException or SocketException or InvalidOperationException or BrokenCircuitException
        // A caller who goes away has a token to say so with.
        or OperationCanceledException { CancellationToken.CanBeCanceled: false };
}
