using System.Security.Cryptography;
using System.Text;
using LiveComments.Contracts;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>
/// Admission as Redis decides it: one round trip, atomic over all Api processes, and true on Redis Cluster, since all keys
/// of a user lie on one node. A hot path: every post passes here.
/// </summary>
sealed class RedisAdmission(IConnectionMultiplexer redis, TimeProvider clock)
{
    private readonly KeyMemories _memories = new(redis, clock);

    /// <summary>Without its comments, which Redis would parse for nothing.</summary>
    public static string Script { get; } = ReadScript();

    // By its hash, given here: for a text the client would look up the hash for each post, and read all of it for that.
    private static readonly byte[] ScriptHash = HashOfScript();

    public async Task<AdmissionVerdict> AdmitAsync(string streamId, string userId, string? key, RateLimit globally, RateLimit perStream)
    {
        var database = redis.GetDatabase();
        var keys = KeysOf(streamId, userId, key);
        var arguments = ArgumentsOf(streamId, globally, perStream);
        RedisResult answer;
        try
        {
            answer = await database.ScriptEvaluateAsync(ScriptHash, keys, arguments);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // A Redis that is new, or began anew, learns the script by being sent it once.
            answer = await database.ScriptEvaluateAsync(Script, keys, arguments, CommandFlags.NoScriptCache);
        }

        return VerdictOf(answer, globally, perStream);
    }

    /// <summary>Remembers where the key's comment lies. Nobody waits for it, or hears of a failure: until it is there, the log and Postgres tell a retry the same.</summary>
    public void Remember(string streamId, string userId, string key, Cursor cursor, string requestHash) =>
        _memories.Add(MemoryOf(streamId, userId, key), $"{cursor} {requestHash}");

    public static RedisKey[] KeysOf(string streamId, string userId, string? key) =>
        key is null ? [PostsOf(userId)] : [PostsOf(userId), MemoryOf(streamId, userId, key)];

    public static RedisValue[] ArgumentsOf(string streamId, RateLimit globally, RateLimit perStream) =>
        [globally.Count, Milliseconds(globally.Window), perStream.Count, Milliseconds(perStream.Window), StreamTag.Of(streamId), Milliseconds(KeyMemories.Duration)];

    /// <summary>What the script's answer means; the script says how it is made.</summary>
    public static AdmissionVerdict VerdictOf(RedisResult answer, RateLimit globally, RateLimit perStream)
    {
        switch (answer.Resp2Type)
        {
            case ResultType.Integer:
                var number = (long)answer;
                var tighter = number % 2 == 1 ? perStream : globally;
                return new AdmissionVerdict.Admitted(new Quota(tighter.Count, (int)(number / 2), tighter.Window, TimeSpan.Zero));
            case ResultType.BulkString:
                return Remembered((string)answer!);
            default:
                var (which, time) = ((int)answer[0], TimeSpan.FromMilliseconds((long)answer[1]));
                if (which == 0)
                    return new AdmissionVerdict.UsedBefore(time);
                var exceeded = which == 1 ? globally : perStream;
                return new AdmissionVerdict.TooMany(new Quota(exceeded.Count, 0, exceeded.Window, time));
        }
    }

    // Such as "1-42 0123456789abcdef0123456789abcdef".
    private static AdmissionVerdict.SeenBefore Remembered(string memory) =>
        memory.Split(' ') is [var place, var hash] && Cursor.TryParse(place, out var cursor)
            ? new AdmissionVerdict.SeenBefore(cursor, hash)
            : throw new InvalidDataException($"Redis remembers '{memory}' of a key.");

    private static string PostsOf(string userId) => $"posts:{{{userId}}}";

    private static string MemoryOf(string streamId, string userId, string key) => $"key:{{{userId}}}:{streamId}:{key}";

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static string ReadScript()
    {
        using var resource = typeof(RedisAdmission).Assembly.GetManifestResourceStream("admit.lua")!;
        using var reader = new StreamReader(resource);
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));
    }

#pragma warning disable CA5350 // Redis names scripts by SHA-1; nothing is kept secret or safe by it.
    private static byte[] HashOfScript() => SHA1.HashData(Encoding.UTF8.GetBytes(Script));
#pragma warning restore CA5350
}
