using System.Globalization;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Connections;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.Api.Comments;

/// <summary>
/// The copy of a stream's newest comments in Redis, which spares a process that has not met the stream the reading of
/// the log. Brought up to date by who reads; posting pays nothing for it. Redis that is away is a copy that isn't there.
/// </summary>
sealed partial class RecentWindowStore(IConnectionMultiplexer redis, TimeProvider clock, ILogger<RecentWindowStore> logger, BreakerMetrics? breakers = null)
{
    public const string BreakerName = "redis.recent";

    /// <summary>A stream that nobody looked at for so long is read from the log again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // A healthy answer takes a millisecond or two; the log is nearly as fast, so it isn't worth a longer wait.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    // What another process wrote in between is read, and tried once more.
    private const int MaxAttempts = 2;

    private static readonly string Script = ReadScript();

    private readonly RedisBreaker _redis = new(BreakerName, redis, Timeout, clock, breakers, logger);

    /// <summary>Null when there is no copy, or Redis doesn't answer.</summary>
    public async Task<RecentWindow?> ReadAsync(int epoch, string streamId)
    {
        var members = await TryAsync(database => database.SortedSetRangeByRankWithScoresAsync(KeyOf(epoch, streamId)));
        if (members is null || members.Length == 0 || Mark.Parse(members[0]) is not { } mark)
            return null;
        var comments = new List<RecentComment>(members.Length - 1);
        foreach (var member in members.AsSpan(1))
        {
            var sequence = (ulong)member.Score;
            var comment = JsonSerializer.Deserialize((byte[])member.Element!, ContractsJson.Default.Comment)!;
            comments.Add(new RecentComment(sequence, comment with { Cursor = new Cursor(epoch, sequence).ToString() }));
        }

        return new RecentWindow(epoch, mark.Through, mark.Floor, mark.IsWhole, comments);
    }

    /// <summary>Brings the copy up to the window.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="window">What is known now.</param>
    /// <param name="since">Up to where <see cref="RecentWindow.Changes"/> go back: a copy older than that is replaced.</param>
    /// <param name="known">How far the copy goes, as far as the caller knows.</param>
    /// <returns>How far it goes now; null when Redis doesn't answer.</returns>
    public async Task<ulong?> WriteAsync(string streamId, RecentWindow window, ulong since, ulong? known)
    {
        var mark = new Mark(window.Through, window.Floor, window.IsWhole);
        var expected = known is { } copy ? await MarkOfAsync(streamId, window.Epoch) : "";
        for (var attempt = 0; attempt < MaxAttempts && expected is not null; attempt++)
        {
            var there = Mark.Parse(expected);
            if (there is { } newer && newer.Through >= window.Through)
                return newer.Through;
            if (await TryAsync(database => database.ScriptEvaluateAsync(Script, [KeyOf(window.Epoch, streamId)], Arguments(window, mark, expected, there, since))) is not { } answer)
                return null;
            var now = (string?)answer;
            if (now == mark.ToString())
                return window.Through;
            expected = now;
        }

        return null;
    }

    private async Task<string?> MarkOfAsync(string streamId, int epoch) =>
        await TryAsync(database => database.SortedSetRangeByScoreAsync(KeyOf(epoch, streamId), -1, -1)) is { } marks ? (marks.Length > 0 ? (string?)marks[0] : "") : null;

    private static RedisValue[] Arguments(RecentWindow window, Mark mark, string expected, Mark? there, ulong since)
    {
        // Only what came after the copy, if that is known in full, and the copy reaches back as far; else everything.
        var after = there is { } copy && copy.Through >= since && copy.Floor <= window.Floor ? copy.Through : (ulong?)null;
        var arguments = new List<RedisValue> { expected, mark.ToString(), (long)Lifetime.TotalMilliseconds, after is null ? "all" : "more", RecentWindow.MaxComments };
        // What is removed comes first: a comment that was changed is removed and added again.
        var changed = window.Changes.Where(change => change.By > after && change.Place <= after).Select(change => change.Place).ToHashSet();
        foreach (var place in changed)
        {
            arguments.Add(place.ToString(CultureInfo.InvariantCulture));
            arguments.Add("");
        }

        foreach (var (sequence, comment) in window.Comments)
        {
            if (sequence <= after && !changed.Contains(sequence))
                continue;
            arguments.Add(sequence.ToString(CultureInfo.InvariantCulture));
            arguments.Add(JsonSerializer.SerializeToUtf8Bytes(comment with { Cursor = null }, ContractsJson.Wire.Comment));
        }

        return [.. arguments];
    }

    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> ask) where T : class
    {
        try
        {
            return await _redis.AskAsync(ask, CancellationToken.None);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            if (exception is not BrokenCircuitException)
                RedisIsAway(exception.Message);
            return null;
        }
    }

    // The epoch is in the name: what was said of another log is never taken for this one's.
    private static string KeyOf(int epoch, string streamId) => $"recent:{{{streamId}}}:{epoch}";

    private static string ReadScript()
    {
        using var resource = typeof(RecentWindowStore).Assembly.GetManifestResourceStream("recent.lua")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    /// <summary>How far a copy goes. It lies in the sorted set itself, so the two can only be lost together.</summary>
    private readonly record struct Mark(ulong Through, ulong Floor, bool IsWhole)
    {
        private const double Score = -1;

        public static Mark? Parse(SortedSetEntry first) => first.Score == Score ? Parse((string?)first.Element) : null;

        public static Mark? Parse(string? text) =>
            text?.Split(' ') is [var through, var floor, var isWhole]
            && ulong.TryParse(through, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && ulong.TryParse(floor, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                ? new Mark(last, first, isWhole == "whole")
                : null;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Through} {Floor} {(IsWhole ? "whole" : "part")}");
    }

    [LoggerMessage(LogLevel.Warning, "Redis does not answer; the newest comments are read from the log. {Reason}")]
    private partial void RedisIsAway(string reason);
}
