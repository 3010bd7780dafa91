using System.Net;
using System.Runtime.InteropServices;
using LiveComments.ServiceDefaults.Proxies;

namespace LiveComments.Api.Telemetry;

/// <summary>How many reports this process reads: anybody may send one, and none is worth more than the comments beside it.</summary>
sealed class ReportAllowance(TimeProvider clock)
{
    // A page in twenty reports every 15 s, so this is the share of 60,000 viewers; of more, the figure needs no more.
    public const int PerSecond = 200;

    // The share of 300 viewers behind one address. A larger crowd there is counted by so many of its pages, and nobody
    // can make the figure, or fill the second's share of all others, from one place.
    public const int PerAddressAndMinute = 60;

    private readonly Lock _lock = new();

    // Of this minute, and only of whose reports were read: at most 60 seconds' worth of them, half a megabyte.
    private readonly Dictionary<AddressKey, int> _ofAddress = [];
    private long _minute;
    private long _second;
    private int _taken;

    public bool TryTake(IPAddress? address)
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (second != _second)
                (_second, _taken) = (second, 0);
            if (second / 60 != _minute)
            {
                _minute = second / 60;
                _ofAddress.Clear();
            }

            if (_taken >= PerSecond)
                return false;
            if (AddressKey.Of(address) is { } key)
            {
                ref var ofAddress = ref CollectionsMarshal.GetValueRefOrAddDefault(_ofAddress, key, out _);
                if (ofAddress >= PerAddressAndMinute)
                    return false;
                ofAddress++;
            }

            _taken++;
            return true;
        }
    }
}
