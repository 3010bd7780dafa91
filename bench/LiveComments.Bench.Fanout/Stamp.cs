using System.Diagnostics;
using System.Globalization;

namespace LiveComments.Bench.Fanout;

/// <summary>
/// What stands in each comment's text: its number and when it was due, as <c>~#0000000042:00000123456789;</c>. Found in
/// whatever frames a server makes of it, so that all servers are checked and timed by the same code.
/// </summary>
/// <param name="Number">Counts up by one from comment to comment of a target.</param>
/// <param name="DueMicroseconds">By the machine's monotonic clock, which all its processes share.</param>
readonly record struct Stamp(long Number, long DueMicroseconds)
{
    /// <summary>Appears nowhere else in what servers send.</summary>
    public const byte Start = (byte)'~';

    public const int Length = 28;

    private const int NumberAt = 2;
    private const int NumberDigits = 10;
    private const int DueAt = NumberAt + NumberDigits + 1;
    private const int DueDigits = 14;

    public static long NowMicroseconds => Microseconds(Stopwatch.GetTimestamp());

    public static long Microseconds(long timestamp) => timestamp / (Stopwatch.Frequency / 1_000_000);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"~#{Number:D10}:{DueMicroseconds:D14};");

    /// <summary>Reads <see cref="Length"/> bytes that begin with <see cref="Start"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out Stamp stamp)
    {
        stamp = default;
        if (text[1] != '#' || text[Length - 1] != ';'
            || !TryReadDigits(text.Slice(NumberAt, NumberDigits), out var number) || !TryReadDigits(text.Slice(DueAt, DueDigits), out var due))
            return false;
        stamp = new Stamp(number, due);
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        return true;
    }
}
