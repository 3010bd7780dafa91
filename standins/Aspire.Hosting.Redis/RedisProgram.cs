using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using LiveComments.Machine;

namespace Aspire.Hosting.Redis;

internal sealed record RedisPersistence(TimeSpan Interval, long KeysChanged) : IResourceAnnotation
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(60);
}

/// <summary>Runs this machine's redis-server, configured by a file, so that its password is on no command line.</summary>
internal sealed class RedisProgram(RedisResource redis) : LocalServer
{
    public override ServerProgram Program => ServerProgram.Redis;

    public override IEnumerable<ParameterResource> Secrets => redis.PasswordParameter is { } password ? [password] : [];

    public override async Task<Launch> PrepareAsync(ServerStart start, CancellationToken cancellationToken)
    {
        List<string> lines =
        [
            "bind 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port {start.Port}"),
            $"dir {Quote(start.Data.Path)}",
            "daemonize no",
            "protected-mode yes",
        ];
        if (redis.PasswordParameter is { } password)
            lines.Add($"requirepass {Quote((await password.GetValueAsync(cancellationToken).ConfigureAwait(false))!)}");
        // The append-only file loses at most a second; snapshots every so often keep it short.
        if (redis.TryGetLastAnnotation<RedisPersistence>(out var persistence))
            lines.AddRange(["appendonly yes", string.Create(CultureInfo.InvariantCulture, $"save {(long)Math.Max(1, persistence.Interval.TotalSeconds)} {persistence.KeysChanged}")]);
        else
            lines.AddRange(["appendonly no", "save \"\""]);
        var file = Path.Combine(start.Data.Path, "redis.conf");
        DataRoot.WriteSecret(file, string.Join('\n', lines) + '\n');
        return new(start.Program, [file], start.Data.Path, ResourceEnvironment.Inherited());
    }

    public override string? Reason(IReadOnlyList<string> lastLines) =>
        lastLines.LastOrDefault(line => line.Contains(" # ", StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(" # ", StringComparison.Ordinal) + 3)..] : base.Reason(lastLines);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
