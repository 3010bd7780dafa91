using System.Globalization;

namespace LiveComments.ServiceDefaults.Trunks;

/// <summary>
/// A trunk is one connection over which a node tells a gateway "these bytes, for these viewers", once for all of them; the gateway
/// gives the bytes to each viewer's socket.
/// </summary>
/// <remarks>
/// 1. The gateway opens it by <c>GET</c> <see cref="Path"/> with <c>Upgrade:</c> <see cref="Name"/>. The node's answer has in <see cref="Header"/> an
///    id that nobody can guess.
/// 2. Who asks for a stream of events is forwarded as ever, with <c>X-Live-Trunk: id/number</c>: a number that no other viewer of that trunk ever has.
/// 3. A node that knows the trunk answers with the head as ever, and <c>X-Live-Trunk: taken</c>. The body is the stream's beginning, and when
///    it ends, the stream goes on over the trunk. Any other node leaves the header out, and the body is the whole stream.
/// 4. The gateway then gives the viewer a credit of <see cref="Window"/> bytes, and more as the viewer's socket takes them: a viewer that doesn't
///    read has none left, which its node finds out as from a full socket.
/// 5. The node says <see cref="NodeRecord"/>s, the gateway <see cref="GatewayRecord"/>s. Whoever breaks the rules is hung up on.
/// Numbers in records are little-endian.
/// </remarks>
public static class TrunkProtocol
{
    /// <summary>Not below any address that the gateway forwards: nobody outside gets there.</summary>
    public const string Path = "/internal/trunk";

    /// <summary>Another version of the protocol gets another name; who doesn't know it refuses, and everything goes without trunks.</summary>
    public const string Name = "livecomments-trunk-1";

    public const string Header = "X-Live-Trunk";

    /// <summary>The node's word that the stream goes on over the trunk.</summary>
    public const string Taken = "taken";

    /// <summary>
    /// What of a viewer's bytes is underway at most, besides what the kernel holds: as much as that holds for a viewer of the node's own.
    /// </summary>
    public const int Window = 64 * 1024;

    /// <summary>Viewers in one record: what a node's writer thread does in a turn, and a millisecond's work for the gateway.</summary>
    public const int MostNumbers = 256;

    /// <summary>A last chunk, and when to come back.</summary>
    public const int MostFarewellBytes = 256;

    private const char Separator = '/';

    /// <summary>What a request says in <see cref="Header"/>.</summary>
    public static string Seat(string id, uint number) => string.Create(CultureInfo.InvariantCulture, $"{id}{Separator}{number}");

    /// <summary>False for what is no <see cref="Seat"/>.</summary>
    public static bool TryReadSeat(string? text, out string id, out uint number)
    {
        id = "";
        number = 0;
        var at = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (at <= 0)
            return false;
        id = text![..at];
        return uint.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
