using System.Globalization;

namespace LiveComments.Contracts;

/// <summary>
/// A place in the log: <c>&lt;epoch&gt;-&lt;sequence&gt;</c>, as in the SSE <c>id:</c> field. A new epoch begins when the log
/// lost its tail or was made anew; its sequences say nothing about those of another.
/// </summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Sequence">The JetStream sequence; 0 is before everything.</param>
public readonly record struct Cursor(int Epoch, ulong Sequence) : IComparable<Cursor>
{
    // 10 digits, a dash, 20 digits.
    private const int MaxLength = 31;

    public static bool TryParse(string? text, out Cursor cursor)
    {
        cursor = default;
        if (text is null || text.Length > MaxLength || text.IndexOf('-') is not (> 0 and var dash))
            return false;
        if (!int.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) || epoch < 1)
            return false;
        if (!ulong.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return false;
        cursor = new Cursor(epoch, sequence);
        return true;
    }

    /// <summary>Later epochs are newer, whatever their sequences.</summary>
    public int CompareTo(Cursor other) => (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence));

    public static bool operator <(Cursor left, Cursor right) => left.CompareTo(right) < 0;

    public static bool operator >(Cursor left, Cursor right) => left.CompareTo(right) > 0;

    public static bool operator <=(Cursor left, Cursor right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Cursor left, Cursor right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Sequence}");
}
