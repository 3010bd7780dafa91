namespace LiveComments.Fanout.Connections;

/// <summary>Names connections in logs: short, and different from each other and from those of other runs.</summary>
static class CorrelationIds
{
    // 32 signs that can't be taken for each other, in ascending order.
    private const string Signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 13;
    private const int BitsASign = 5;

    private static long _last = Random.Shared.NextInt64();

    public static string Next() => string.Create(Length, Interlocked.Increment(ref _last), static (text, id) =>
    {
        for (var index = Length - 1; index >= 0; index--, id = (long)((ulong)id >> BitsASign))
            text[index] = Signs[(int)(id & (Signs.Length - 1))];
    });
}
