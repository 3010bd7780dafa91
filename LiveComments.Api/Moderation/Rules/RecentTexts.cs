using System.Collections.Concurrent;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>
/// What was said within the last minute, by each user and on each stream, so that what is said again is noticed. Each
/// process knows what came by itself alone.
/// </summary>
sealed class RecentTexts(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // Of one user over all streams: more than the rate limit lets pass within the window is never needed.
    private const int MaxPerUser = 32;

    // Of one stream; each comment is compared with all of them, some 10 µs. On a faster stream the window is shorter.
    private const int MaxPerStream = 128;

    // Two generations of each, the older of which goes when the newer is full: some 100 MB when all of them say much.
    private const int MaxUsers = 20_000;
    private const int MaxStreams = 1_000;

    // So much alike is the same with a word changed.
    private const double NearlyTheSame = 0.75;

    /// <summary>Many viewers say the same few words when something happens; only more than that is a paste.</summary>
    public const int MinLettersOfPaste = 30;

    // Somebody who says "yes" twice a minute repeats nothing.
    private const int MinLettersOfRepetition = 8;

    private readonly Generations<string> _users = new(MaxUsers, MaxPerUser);
    private readonly Generations<string> _streams = new(MaxStreams, MaxPerStream);

    /// <summary>How often the user has said so lately, this time included, and how often all users of the stream have.</summary>
    public (int ByUser, int OnStream) Add(string userId, string streamId, Shingles text)
    {
        var now = clock.GetTimestamp();
        return (
            text.Letters >= MinLettersOfRepetition ? Count(_users.Of(userId), text, now) : 1,
            text.Letters >= MinLettersOfPaste ? Count(_streams.Of(streamId), text, now) : 1);
    }

    private int Count(Ring ring, Shingles text, long now)
    {
        lock (ring)
        {
            var count = 1;
            foreach (var (other, at) in ring.Texts)
                count += at != 0 && clock.GetElapsedTime(at, now) < Window && text.Likeness(other) >= NearlyTheSame ? 1 : 0;
            ring.Texts[ring.Next] = (text, now);
            ring.Next = (ring.Next + 1) % ring.Texts.Length;
            return count;
        }
    }

    /// <summary>Its own lock.</summary>
    private sealed class Ring(int size)
    {
        public (Shingles Text, long At)[] Texts { get; } = new (Shingles, long)[size];

        public int Next { get; set; }
    }

    private sealed class Generations<TKey>(int max, int size) where TKey : notnull
    {
        private volatile ConcurrentDictionary<TKey, Ring> _newer = [];
        private volatile ConcurrentDictionary<TKey, Ring> _older = [];
        // Of the newer. Its own count takes all of its locks, which each new user would wait for.
        private int _count;

        public Ring Of(TKey key)
        {
            var newer = _newer;
            if (newer.TryGetValue(key, out var ring))
                return ring;
            var made = _older.TryGetValue(key, out var old) ? old : new Ring(size);
            ring = newer.GetOrAdd(key, made);
            if (ring == made && Interlocked.Increment(ref _count) >= max && Interlocked.CompareExchange(ref _newer, [], newer) == newer)
            {
                Interlocked.Exchange(ref _count, 0);
                _older = newer;
            }

            return ring;
        }
    }
}
