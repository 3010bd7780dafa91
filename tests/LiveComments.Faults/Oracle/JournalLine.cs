using System.Globalization;
using LiveComments.Contracts;

namespace LiveComments.Faults.Oracle;

/// <summary>What an author did, as the oracle writes it down.</summary>
enum JournalKind
{
    /// <summary>A post is about to be sent, for the first time.</summary>
    Attempt = 'A',

    /// <summary>It was acknowledged.</summary>
    Acknowledged = 'K',

    /// <summary>It was sent once more after that, and acknowledged again.</summary>
    Repeated = 'R',
}

/// <summary>One line: <c>A 1790000000000 17 2</c> (time, post, stream), <c>K 1790000000000 17 &lt;comment&gt; &lt;cursor&gt;</c>, and <c>R</c> as <c>K</c>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="AtMs">When, in Unix milliseconds.</param>
/// <param name="Post">The post's number; its text and its key are made of it.</param>
/// <param name="Stream">Of an attempt: the stream's number.</param>
/// <param name="Comment">Of an acknowledgement: the comment's id.</param>
/// <param name="Cursor">Of an acknowledgement: where it is said to lie.</param>
readonly record struct JournalLine(JournalKind Kind, long AtMs, int Post, int Stream, long Comment, Cursor Cursor)
{
    public static JournalLine Attempt(long atMs, int post, int stream) => new(JournalKind.Attempt, atMs, post, stream, 0, default);

    public static JournalLine Acknowledged(long atMs, int post, long comment, Cursor cursor) => new(JournalKind.Acknowledged, atMs, post, 0, comment, cursor);

    public static JournalLine Repeated(long atMs, int post, long comment, Cursor cursor) => new(JournalKind.Repeated, atMs, post, 0, comment, cursor);

    /// <summary>Null for a line that is none, such as the last one of a journal that was cut off.</summary>
    public static JournalLine? Parse(string line)
    {
        var parts = line.Split(' ');
        if (parts.Length < 4 || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var atMs) || !int.TryParse(parts[2], CultureInfo.InvariantCulture, out var post))
            return null;
        return (parts[0], parts.Length) switch
        {
            ("A", 4) when int.TryParse(parts[3], CultureInfo.InvariantCulture, out var stream) => Attempt(atMs, post, stream),
            ("K", 5) when long.TryParse(parts[3], CultureInfo.InvariantCulture, out var comment) && Cursor.TryParse(parts[4], out var cursor) => Acknowledged(atMs, post, comment, cursor),
            ("R", 5) when long.TryParse(parts[3], CultureInfo.InvariantCulture, out var comment) && Cursor.TryParse(parts[4], out var cursor) => Repeated(atMs, post, comment, cursor),
            _ => null,
        };
    }

    public override string ToString() => Kind == JournalKind.Attempt
        ? string.Create(CultureInfo.InvariantCulture, $"A {AtMs} {Post} {Stream}")
        : string.Create(CultureInfo.InvariantCulture, $"{(char)Kind} {AtMs} {Post} {Comment} {Cursor}");
}
