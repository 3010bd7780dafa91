using System.Security.Cryptography;
using System.Text;
using LiveComments.Api.Moderation.Acts;
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
    private readonly GatheredCalls _calls = new(redis, clock);

    /// <summary>Without its comments, which Redis would parse for nothing.</summary>
    public static string Script { get; } = Read("admit.lua");

    private static readonly string Settlement = Read("settle.lua");

    // By its hash, given here: for a text the client would look up the hash for each post, and read all of it for that.
    private static readonly byte[] ScriptHash = HashOfScript();

    public async Task<AdmissionVerdict> AdmitAsync(string streamId, string userId, string? key, RedisMemory? memory, RateLimit globally, RateLimit perStream, string knownAct = "", TimeSpan retention = default)
    {
        var keys = KeysOf(userId, key, memory);
        var arguments = ArgumentsOf(streamId, memory, globally, perStream, knownAct, retention, key);
        RedisResult answer;
        try
        {
            answer = await _calls.EvaluateAsync(ScriptHash, keys, arguments);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // A Redis that is new, or began anew, learns the script by being sent it once.
            answer = await redis.GetDatabase().ScriptEvaluateAsync(Script, keys, arguments, CommandFlags.NoScriptCache);
        }

        var verdict = VerdictOf(answer, globally, perStream);
        return memory is null && verdict.KnowsKeys ? verdict with { KnowsKeys = false } : verdict;
    }

    /// <summary>Remembers where the key's comment lies. Nobody waits for it, or hears of a failure: until it is there, the log and Postgres tell a retry the same.</summary>
    public void Remember(string streamId, string userId, string key, Cursor cursor, string requestHash) =>
        _memories.Add(userId, KeyMemories.FieldOf(streamId, key), Remembering(cursor, requestHash));

    /// <summary>The key led to a comment long before this post was charged: gives that back, and remembers the comment. Nobody waits for it.</summary>
    public void GiveBack(string streamId, string userId, string key, Cursor cursor, string requestHash) =>
        redis.GetDatabase().ScriptEvaluate(
            Settlement, [PostsOf(userId), KeyMemories.HashOf(userId, 0), KeyMemories.HashOf(userId, 1)],
            [StreamTag.Of(streamId), Remembering(cursor, requestHash), Milliseconds(KeyMemories.Duration), KeyMemories.FieldOf(streamId, key)],
            CommandFlags.FireAndForget);

    public static RedisKey[] KeysOf(string userId, string? key, RedisMemory? memory) =>
        key is null ? [PostsOf(userId), ModerationActs.MarkOf(userId)]
        : memory is null or { IsShared: true } ? [PostsOf(userId), ModerationActs.MarkOf(userId), KeyMemories.HashOf(userId, 0), KeyMemories.HashOf(userId, 1)]
        : [PostsOf(userId), ModerationActs.MarkOf(userId), KeyMemories.HashOf(userId, 0), KeyMemories.HashOf(userId, 1), RedisMemoryWatch.MarkKey];

    public static RedisValue[] ArgumentsOf(string streamId, RedisMemory? memory, RateLimit globally, RateLimit perStream, string knownAct = "", TimeSpan retention = default, string? key = null) =>
    [
        globally.Count, Milliseconds(globally.Window), perStream.Count, Milliseconds(perStream.Window), StreamTag.Of(streamId), Milliseconds(KeyMemories.Duration),
        memory?.Mark ?? "", knownAct, Milliseconds(retention), key is null ? "" : KeyMemories.FieldOf(streamId, key),
    ];

    /// <summary>What the script's answer means; the script says how it is made.</summary>
    public static AdmissionVerdict VerdictOf(RedisResult answer, RateLimit globally, RateLimit perStream)
    {
        switch (answer.Resp2Type)
        {
            case ResultType.Integer:
                var number = (long)answer;
                var renewed = number < 0;
                if (renewed)
                    number = -1 - number;
                var tighter = number % 2 == 1 ? perStream : globally;
                return new AdmissionVerdict.Admitted(new Quota(tighter.Count, (int)(number / 2), tighter.Window, TimeSpan.Zero)) { KnowsKeys = !renewed };
            case ResultType.BulkString:
                return Remembered((string)answer!);
            default:
                if ((int)answer[0] == ActedOn)
                    return new AdmissionVerdict.ActedOn((string)answer[1]!);
                var (which, time) = ((int)answer[0], TimeSpan.FromMilliseconds((long)answer[1]));
                if (which == 0)
                    return new AdmissionVerdict.UsedBefore(time) { KnowsKeys = true };
                var exceeded = which == 1 ? globally : perStream;
                return new AdmissionVerdict.TooMany(new Quota(exceeded.Count, 0, exceeded.Window, time)) { KnowsKeys = (int)answer[2] == 0 };
        }
    }

    // What the script answers instead of a limit's number.
    private const int ActedOn = 3;

    // Such as "1-42 0123456789abcdef0123456789abcdef".
    private static AdmissionVerdict.SeenBefore Remembered(string memory) =>
        memory.Split(' ') is [var place, var hash] && Cursor.TryParse(place, out var cursor)
            ? new AdmissionVerdict.SeenBefore(cursor, hash) { KnowsKeys = true }
            : throw new InvalidDataException($"Redis remembers '{memory}' of a key.");

    private static string Remembering(Cursor cursor, string requestHash) => $"{cursor} {requestHash}";

    private static string PostsOf(string userId) => $"posts:{{{userId}}}";

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static string Read(string script)
    {
        using var resource = typeof(RedisAdmission).Assembly.GetManifestResourceStream(script)!;
        using var reader = new StreamReader(resource);
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));
    }

#pragma warning disable CA5350 // Redis names scripts by SHA-1; nothing is kept secret or safe by it.
    private static byte[] HashOfScript() => SHA1.HashData(Encoding.UTF8.GetBytes(Script));
#pragma warning restore CA5350
}
