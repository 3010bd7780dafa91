namespace LiveComments.Fanout.Transports;

/// <summary>After how long a viewer of a node that stops is told to come back: each another time, since a whole slice is told at once.</summary>
static class ComeBack
{
    public const int LeastMs = 500;
    public const int MostMs = 3_000;

    public static int AfterMs() => Random.Shared.Next(LeastMs, MostMs);
}
