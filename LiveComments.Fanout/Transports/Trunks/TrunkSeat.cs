using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>
/// What a request brought that asks for its stream to go on over a trunk. It counts as a connection, so that what bounds those bounds viewers over
/// trunks alike.
/// </summary>
sealed class TrunkSeat(DetachedViewers shared, Trunk trunk, uint number)
{
    /// <summary>The viewer is served from here on, when the gateway is ready for that; the request may end.</summary>
    public void Begin(Room room, IDisposable stay, Frame at, SignedIn? who)
    {
        shared.Writers.Add(new TrunkViewer(shared, trunk, number, stay, at, who), room, trunk);
        shared.Waves.Arrived();
    }

    /// <summary>Nobody will sit here.</summary>
    public void GiveUp() => shared.Cap.Release();
}
