using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Analytics;

/// <summary>
/// How many different users there were, from as many hashes of them as fit into one row: all, or the smallest when they are
/// more. The smallest of several sets together are among the smallest of each, so minutes add up to hours.
/// </summary>
static class CommenterSketch
{
    /// <summary>Fewer are exact. Of more the standard error is one over the square root of it: 4.4 %.</summary>
    public const int Size = AnalyticsLimits.ExactCommenters + 1;

    /// <summary>The same in every process and for ever.</summary>
    public static long HashOf(string userId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(userId), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>How many different ones there are in all sets together.</summary>
    /// <param name="sets">Each in order, and each either whole or the smallest so many.</param>
    /// <param name="size">How many of each there are at most; no more than <see cref="Size"/>.</param>
    public static long Count(IEnumerable<long[]> sets, int size = Size)
    {
        var smallest = new SortedSet<long>();
        foreach (var set in sets)
        {
            foreach (var hash in set)
            {
                // In order: what follows is larger still.
                if (smallest.Count >= size && hash >= smallest.Max)
                    break;
                if (smallest.Add(hash) && smallest.Count > size)
                    smallest.Remove(smallest.Max);
            }
        }

        // Hashes lie evenly: when so many lie below a place, that place tells how many there are in all.
        return smallest.Count < size ? smallest.Count : (long)Math.Round((size - 1) / ShareBelow(smallest.Max));
    }

    private static double ShareBelow(long hash) => ((double)hash - long.MinValue) / Math.Pow(2, 64);
}
