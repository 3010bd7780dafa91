using System.Globalization;
using System.Text;

namespace LiveComments.Fanout.Transports;

/// <summary>Tells a browser how long to wait before it reconnects.</summary>
static class SseRetry
{
    private const int RetryMs = 2_000;

    public static readonly byte[] AtStart = Of(RetryMs);

    public static byte[] AtShutdown() => Of(ComeBack.AfterMs());

    private static byte[] Of(int milliseconds) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {milliseconds}\n\n"));
}
