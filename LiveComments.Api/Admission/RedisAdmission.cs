using LiveComments.Contracts;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>Admission as Redis decides it: one round trip, atomic over all Api processes, and true on Redis Cluster, since all keys of a user lie on one node.</summary>
sealed class RedisAdmission(IConnectionMultiplexer redis)
{
    /// <summary>How long a key that led to a comment is remembered.</summary>
    public static readonly TimeSpan KeyMemory = TimeSpan.FromHours(24);

    // A key whose append never ended (its process died): longer than the log's own memory of message ids, which covers this time.
    private static readonly TimeSpan OpenKeyMemory = TimeSpan.FromMinutes(2);

    private static readonly string Script = ReadScript();

    public async Task<AdmissionVerdict> AdmitAsync(string streamId, string userId, string? key, string requestHash, RateLimit globally, RateLimit perStream)
    {
        var answer = (RedisResult[])(await redis.GetDatabase().ScriptEvaluateAsync(
            Script,
            [key is null ? "" : MemoryOf(streamId, userId, key), $"rate:{{{userId}}}", $"rate:{{{userId}}}:{streamId}"],
            [requestHash, globally.Count, Milliseconds(globally.Window), perStream.Count, Milliseconds(perStream.Window), Milliseconds(OpenKeyMemory)]))!;
        return (string?)answer[0] switch
        {
            "seen" => Cursor.TryParse((string?)answer[1], out var cursor)
                ? new AdmissionVerdict.SeenBefore(cursor, (string)answer[2]!)
                : throw new InvalidDataException($"Redis remembers the cursor '{answer[1]}'."),
            "many" => new AdmissionVerdict.TooMany(new Quota((int)answer[1], 0, Time(answer[2]), Time(answer[3]))),
            _ => new AdmissionVerdict.Admitted((int)answer[1] == 0 ? null : new Quota((int)answer[1], (int)answer[2], Time(answer[3]), TimeSpan.Zero)),
        };
    }

    /// <summary>Remembers where the key's comment lies. Nobody waits for it, or hears of a failure: until it is there, the log tells a retry the same.</summary>
    public void Remember(string streamId, string userId, string key, Cursor cursor, string requestHash)
    {
        var memory = (RedisKey)MemoryOf(streamId, userId, key);
        var database = redis.GetDatabase();
        database.HashSet(memory, [new HashEntry("hash", requestHash), new HashEntry("cursor", cursor.ToString())], CommandFlags.FireAndForget);
        database.KeyExpire(memory, KeyMemory, CommandFlags.FireAndForget);
    }

    private static string MemoryOf(string streamId, string userId, string key) => $"key:{{{userId}}}:{streamId}:{key}";

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static TimeSpan Time(RedisResult milliseconds) => TimeSpan.FromMilliseconds((long)milliseconds);

    private static string ReadScript()
    {
        using var resource = typeof(RedisAdmission).Assembly.GetManifestResourceStream("admit.lua")!;
        using var reader = new StreamReader(resource);
        // Without its comments: the client looks the text up by its hash for each post, and reads all of it for that.
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));
    }
}
