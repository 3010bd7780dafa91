using System.Buffers.Binary;
using LiveComments.Contracts;

namespace LiveComments.Faults.Oracle;

/// <summary>What the oracle wrote down, read back from its file.</summary>
sealed class Journal
{
    private readonly List<JournalLine> _lines;

    public Journal(IEnumerable<JournalLine> lines)
    {
        _lines = [.. lines];
        foreach (var line in _lines)
        {
            if (line.Kind == JournalKind.Attempt)
                Attempts[line.Post] = line;
            else if (line.Kind == JournalKind.Acknowledged)
                Acknowledged[line.Post] = line;
        }
    }

    /// <summary>In the order in which they were written: what stands before a line happened before it.</summary>
    public IReadOnlyList<JournalLine> Lines => _lines;

    public Dictionary<int, JournalLine> Attempts { get; } = [];

    public Dictionary<int, JournalLine> Acknowledged { get; } = [];

    public static Journal Read(string file) => new(File.ReadLines(file).Select(JournalLine.Parse).OfType<JournalLine>());

    /// <summary>The text of a post.</summary>
    public static string TextOf(string run, int post) => $"{run}-{post}";

    /// <summary>The post's idempotency key, as a page makes it: a UUID that says when it was made. It says which post of which run it is for, too.</summary>
    public static string KeyOf(string run, int post, long madeAtMs)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (madeAtMs << 16) | 0x7000);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], MarkOf(run) | (uint)post);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>Null when the key is not one of that run's posts.</summary>
    public static int? PostOfKey(string run, string? key)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!Guid.TryParse(key, out var uuid) || !uuid.TryWriteBytes(bytes, bigEndian: true, out _))
            return null;
        var mark = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        return (mark & ~(long)uint.MaxValue) == MarkOf(run) ? (int)mark : null;
    }

    /// <summary>Null when the text is not one of that run's posts.</summary>
    public static int? PostOf(string run, string? text) =>
        text is not null && text.StartsWith(run, StringComparison.Ordinal) && text.Length > run.Length && text[run.Length] == '-'
        && int.TryParse(text.AsSpan(run.Length + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var post)
            ? post
            : null;

    // The variant of RFC 9562, and 24 bits that tell runs apart.
    private static long MarkOf(string run)
    {
        var hash = 17u;
        foreach (var letter in run)
            hash = unchecked((hash * 31) + letter);
        return unchecked((long)(0x8000_0000_0000_0000 | ((ulong)(hash & 0xFF_FFFF) << 32)));
    }
}
