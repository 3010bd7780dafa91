using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LiveComments.ServiceDefaults.Proxies;

/// <summary>
/// What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which is the least that anybody is given
/// and of which everybody may use all.
/// </summary>
public readonly record struct AddressKey(AddressFamily Family, ulong Bits)
{
    private const int BytesOf64 = 8;
    private const int BytesOfV6 = 16;

    /// <summary>Null for what has no IP address, such as a socket of the file system.</summary>
    public static AddressKey? Of(IPAddress? address)
    {
        if (address is null)
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[BytesOfV6];
        bytes.Clear();
        return address.TryWriteBytes(bytes, out _) ? new AddressKey(address.AddressFamily, BinaryPrimitives.ReadUInt64BigEndian(bytes[..BytesOf64])) : null;
    }
}
