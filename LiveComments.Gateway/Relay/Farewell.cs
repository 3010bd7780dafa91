using System.Globalization;
using System.Text;

namespace LiveComments.Gateway.Relay;

/// <summary>What a viewer is told last by a gateway that stops.</summary>
static class Farewell
{
    // As a node that stops tells its viewers: each another time, since a whole slice is told at once.
    private const int LeastMs = 500;
    private const int MostMs = 3_000;

    /// <summary>When to come back, and the end of the body: two chunks of HTTP/1.1.</summary>
    public static byte[] AtShutdown()
    {
        var retry = string.Create(CultureInfo.InvariantCulture, $"retry: {Random.Shared.Next(LeastMs, MostMs)}\n\n");
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{retry.Length:x}\r\n{retry}\r\n0\r\n\r\n"));
    }
}
