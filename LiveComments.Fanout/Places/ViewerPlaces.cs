using System.Net;
using LiveComments.Fanout.Transports;
using LiveComments.ServiceDefaults.Proxies;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Places;

/// <summary>Of what there are too many.</summary>
enum PlaceLimit
{
    None,

    /// <summary>Viewers at one address.</summary>
    Address,

    /// <summary>Connections of one user.</summary>
    User,
}

/// <summary>
/// How many viewers of one address and of one user this node has, whatever transport they came by: each takes a place when
/// it comes and gives it back when its connection has really ended, which for a detached one is long after its request.
/// </summary>
sealed class ViewerPlaces(IOptions<LiveOptions> options)
{
    private readonly Tally<AddressKey> _addresses = new(options.Value.MaxPerAddress);
    private readonly Tally<string> _users = new(options.Value.MaxPerUser);

    /// <summary>Addresses and users that have a place.</summary>
    public (int Addresses, int Users) Holders => (_addresses.Keys, _users.Keys);

    /// <summary>Null when there are too many already; then <paramref name="limit"/> says of what.</summary>
    /// <param name="address">Where the viewer is; not counted when it has none.</param>
    /// <param name="userId">Who it is; not counted when that is not known.</param>
    /// <param name="limit">Why not.</param>
    public Place? Take(IPAddress? address, string? userId, out PlaceLimit limit)
    {
        limit = PlaceLimit.None;
        var key = AddressKey.Of(address);
        if (key is { } counted && !_addresses.TryTake(counted))
        {
            limit = PlaceLimit.Address;
            return null;
        }

        var place = new Place(this, key);
        if (place.TryBecome(userId))
            return place;
        place.Dispose();
        limit = PlaceLimit.User;
        return null;
    }

    /// <summary>One viewer's place. Dispose it when the viewer's connection has ended.</summary>
    public sealed class Place : IDisposable
    {
        private readonly ViewerPlaces _places;
        private readonly AddressKey? _address;
        private string? _userId;
        private int _isGivenBack;

        internal Place(ViewerPlaces places, AddressKey? address) => (_places, _address) = (places, address);

        /// <summary>From now on it is that user's. False when that user has too many; then it is whose it was. Not to be called beside <see cref="Dispose"/>.</summary>
        public bool TryBecome(string? userId)
        {
            if (userId == _userId)
                return true;
            if (userId is not null && !_places._users.TryTake(userId))
                return false;
            if (_userId is not null)
                _places._users.Release(_userId);
            _userId = userId;
            return true;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) != 0)
                return;
            if (_address is { } address)
                _places._addresses.Release(address);
            if (_userId is not null)
                _places._users.Release(_userId);
        }
    }
}
