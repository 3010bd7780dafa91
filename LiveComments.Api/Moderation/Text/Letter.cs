namespace LiveComments.Api.Moderation.Text;

/// <summary>
/// A letter or digit of a text as it is matched, or the one space that stands for all that lies between words. Eight bytes: of the longest
/// text there are thousands, and arrays of them should stay small objects (<see cref="PooledList{T}"/>).
/// </summary>
readonly record struct Letter
{
    public const int Space = ' ';

    private readonly ushort _run;
    private readonly Edges _edges;

    public Letter(int code, int run, LetterKind kind, bool beginsWord, bool endsWord, bool isJoined) =>
        (Code, Run, Kind, _edges) = (code, run, kind, (beginsWord ? Edges.Begins : 0) | (endsWord ? Edges.Ends : 0) | (isJoined ? Edges.Joined : 0));

    /// <summary>A code point, folded.</summary>
    public int Code { get; init; }

    /// <summary>How often it stands there in a row; 1 in the text as written. No word has one as often as is the most that is counted.</summary>
    public int Run { get => _run; init => _run = (ushort)Math.Min(value, ushort.MaxValue); }

    /// <summary>What it was before.</summary>
    public LetterKind Kind { get; init; }

    /// <summary>A word may begin here.</summary>
    public bool BeginsWord => (_edges & Edges.Begins) != 0;

    /// <summary>A word may end here.</summary>
    public bool EndsWord { get => (_edges & Edges.Ends) != 0; init => _edges = With(Edges.Ends, value); }

    /// <summary>Something that lay before it was left out.</summary>
    public bool IsJoined { get => (_edges & Edges.Joined) != 0; init => _edges = With(Edges.Joined, value); }

    private Edges With(Edges edge, bool isSo) => isSo ? _edges | edge : _edges & ~edge;

    [Flags]
    private enum Edges : byte
    {
        Begins = 1,
        Ends = 2,
        Joined = 4,
    }
}

enum LetterKind : byte
{
    Letter,

    /// <summary>A digit that may stand for a letter.</summary>
    Digit,

    /// <summary>A sign that may stand for a letter.</summary>
    Sign,
}
