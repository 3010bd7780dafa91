using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>The trunks that lead to this node, by ids that only their gateways know.</summary>
sealed partial class TrunkDirectory(DirectWriters writers, DetachedViewers shared, TrunkMetrics metrics, ILogger<TrunkDirectory> logger)
{
    /// <summary>Of a hundred gateways with as many threads as there may be; more is a mistake.</summary>
    public const int Most = 1_600;

    // Nobody guesses that many bits.
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, Trunk> _trunks = new(StringComparer.Ordinal);

    public bool IsFull => _trunks.Count >= Most;

    public (string Id, Trunk Trunk) Open(Socket socket)
    {
        var id = Convert.ToHexString(RandomNumberGenerator.GetBytes(IdBytes));
        var trunk = new Trunk(writers.NextThread(), socket, metrics, OnEnd);
        _trunks[id] = trunk;
        metrics.Opened();
        return (id, trunk);
    }

    /// <summary>Nobody is let in over it any more.</summary>
    public void Close(string id, Trunk trunk)
    {
        _trunks.TryRemove(id, out _);
        writers.Forget(trunk);
        metrics.Closed();
    }

    /// <summary>Null when the request names no trunk that leads here, or there is no place.</summary>
    public TrunkSeat? TryTakeSeat(HttpRequest request) =>
        request.Headers[TrunkProtocol.Header] is [{ } text]
        && TrunkProtocol.TryReadSeat(text, out var id, out var number)
        && _trunks.TryGetValue(id, out var trunk) && !trunk.IsLost
        && shared.Cap.TryTake()
            ? new TrunkSeat(shared, trunk, number)
            : null;

    private void OnEnd(TrunkEnd end, int viewers)
    {
        if (end == TrunkEnd.Closed)
            Closed(viewers);
        else
            GivenUp(viewers, Words(end));
    }

    private static string Words(TrunkEnd end) => end switch
    {
        TrunkEnd.TooSlow => "the gateway takes what it is sent too slowly",
        TrunkEnd.Malformed => "what came is no record of the protocol",
        TrunkEnd.Muddled => "the gateway gave a number twice, or more credit than there is",
        _ => "it was closed",
    };

    [LoggerMessage(LogLevel.Information, "A trunk was closed; {Viewers} viewers were reached over it.")]
    private partial void Closed(int viewers);

    [LoggerMessage(LogLevel.Warning, "A trunk is given up, and with it the {Viewers} viewers who were reached over it: {Why}.")]
    private partial void GivenUp(int viewers, string why);
}
