namespace LiveComments.Api.Moderation.Reputation;

/// <summary>
/// Remembers very many users in little memory (a Bloom filter): whom it has it knows for sure; a few whom it has not it
/// takes for somebody it has.
/// </summary>
sealed class UserFilter
{
    // 16 MB, of which the system gives out what is used. With ten million users it is wrong about one stranger in two hundred.
    private const int Bits = 1 << 27;
    private const int Probes = 4;

    private readonly long[] _bits = new long[Bits / 64];

    public void Add(string userId)
    {
        var (first, second) = HashesOf(userId);
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = (first + (uint)probe * second) % Bits;
            Interlocked.Or(ref _bits[bit / 64], 1L << (int)(bit % 64));
        }
    }

    public bool Has(string userId)
    {
        var (first, second) = HashesOf(userId);
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = (first + (uint)probe * second) % Bits;
            if ((Volatile.Read(ref _bits[bit / 64]) & 1L << (int)(bit % 64)) == 0)
                return false;
        }

        return true;
    }

    private static (uint First, uint Second) HashesOf(string userId)
    {
        // FNV-1a, and its high bits mixed into the low ones, which are weak by themselves.
        var hash = 14695981039346656037ul;
        foreach (var character in userId)
            hash = (hash ^ character) * 1099511628211ul;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdul;
        hash ^= hash >> 33;
        // Odd, so that no two probes meet.
        return ((uint)hash, (uint)(hash >> 32) | 1);
    }
}
