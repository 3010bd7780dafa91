namespace LiveComments.Api.Moderation.Rules;

/// <summary>Words letter by letter. One table for all edges, so that a step is one look-up, however many words there are.</summary>
sealed class WordTrie
{
    // Unicode's code points need 21 bits.
    private const int CodeBits = 21;
    private const int Root = 0;

    private readonly Dictionary<long, int> _edges = [];
    private readonly List<List<int>?> _words = [null];

    public const int Start = Root;

    /// <summary>The node behind that letter; negative when no word goes on so.</summary>
    public int Next(int node, int code) => _edges.TryGetValue(EdgeOf(node, code), out var next) ? next : -1;

    /// <summary>The numbers of the words that end at the node.</summary>
    public IReadOnlyList<int> WordsAt(int node) => _words[node] ?? (IReadOnlyList<int>)[];

    public void Add(IEnumerable<int> codes, int word)
    {
        var node = Root;
        foreach (var code in codes)
        {
            if (!_edges.TryGetValue(EdgeOf(node, code), out var next))
            {
                next = _words.Count;
                _words.Add(null);
                _edges.Add(EdgeOf(node, code), next);
            }

            node = next;
        }

        (_words[node] ??= []).Add(word);
    }

    private static long EdgeOf(int node, int code) => ((long)node << CodeBits) | (uint)code;
}
