using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace LiveComments.LocalHostTests;

/// <summary>Where a process takes connections and packets, by what Linux says of it.</summary>
internal static class ListeningSockets
{
    // <netinet/tcp.h>: TCP_LISTEN, and what a UDP socket that is bound to an address is.
    private const string Listening = "0A";
    private const string Unconnected = "07";

    private const string SocketLink = "socket:[";

    /// <summary>Of the process and of all that it started.</summary>
    public static IReadOnlyList<IPEndPoint> Of(int process)
    {
        var own = Family(process).SelectMany(SocketsOf).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from table in new[] { (File: "tcp", State: Listening), (File: "tcp6", State: Listening), (File: "udp", State: Unconnected), (File: "udp6", State: Unconnected) }
               from line in File.ReadLines($"/proc/{process}/net/{table.File}").Skip(1)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               // "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 …"
               where fields[3] == table.State && own.Contains(fields[9])
               select EndPointOf(fields[1]),
        ];
    }

    private static IEnumerable<int> Family(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(child => Family(int.Parse(child, CultureInfo.InvariantCulture))).Prepend(process);

    private static IEnumerable<string> SocketsOf(int process)
    {
        string[] files;
        try
        {
            files = Directory.GetFileSystemEntries($"/proc/{process}/fd");
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }

        foreach (var file in files)
        {
            if (new FileInfo(file).LinkTarget is { } target && target.StartsWith(SocketLink, StringComparison.Ordinal))
                yield return target[SocketLink.Length..^1];
        }
    }

    // Address and port in hexadecimal; the address in words of the machine's own byte order.
    private static IPEndPoint EndPointOf(string text)
    {
        var (address, port) = (text.Split(':')[0], text.Split(':')[1]);
        var bytes = Convert.FromHexString(address);
        for (var word = 0; word < bytes.Length; word += sizeof(uint))
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(word), BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(word)) : BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(word)));
        return new IPEndPoint(new IPAddress(bytes), int.Parse(port, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }
}
