using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using LiveComments.Machine;

namespace Aspire.Hosting.Postgres;

/// <summary>Runs this machine's postgres. As root it runs as an unprivileged user, since it refuses root.</summary>
internal sealed partial class PostgresProgram(PostgresServerResource server) : LocalServer
{
    private const string PreferredUser = "postgres";

    // Services and their tests hold pools; a slot costs little memory until it is used.
    private const int MaxConnections = 200;

    // A host that was killed leaves its server to the watchdog, which needs a moment.
    private static readonly TimeSpan PredecessorTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public override ServerProgram Program => ServerProgram.Postgres;

    public override IEnumerable<ParameterResource> Secrets => [server.PasswordParameter];

    // "Fast": ends the sessions, writes everything out, and needs no recovery at the next start.
    public override ProcessSignal StopSignal => ProcessSignal.Interrupt;

    public override async Task<Launch> PrepareAsync(ServerStart start, CancellationToken cancellationToken)
    {
        var user = ServerUser.For(PreferredUser);
        var cluster = Path.Combine(start.Data.Path, "cluster");
        if (user is not null)
            await GiveAsync(start, user, cancellationToken).ConfigureAwait(false);
        if (!Directory.Exists(cluster))
            await MakeClusterAsync(start, cluster, user, cancellationToken).ConfigureAwait(false);
        await CheckVersionAsync(start, cluster, cancellationToken).ConfigureAwait(false);
        await WaitForPredecessorAsync(cluster, cancellationToken).ConfigureAwait(false);

        List<string> arguments =
        [
            "-D", cluster, "-p", start.Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", $"max_connections={MaxConnections}",
            "-c", "logging_collector=off", "-c", "log_destination=stderr",
        ];
        // Throw-away data need not survive anything.
        if (!start.Data.IsKept)
            arguments.AddRange(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        return Command(start.Program, arguments, start, user);
    }

    public override string? Reason(IReadOnlyList<string> lastLines) =>
        lastLines.LastOrDefault(line => Fatal().IsMatch(line)) is { } line ? Fatal().Match(line).Groups["text"].Value : base.Reason(lastLines);

    private static Launch Command(string program, IReadOnlyList<string> arguments, ServerStart start, string? user)
    {
        var environment = ResourceEnvironment.Inherited();
        foreach (var name in environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            environment.Remove(name);
        environment["LC_ALL"] = "C";
        return new(program, arguments, start.Data.Path, environment, user);
    }

    private static async Task GiveAsync(ServerStart start, string user, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await start.RunAsync(new("/bin/chown", ["-R", user, start.Data.Path], "/", ResourceEnvironment.Inherited()), cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
            throw new HostFaultException($"The data folder {start.Data.Path} can't be given to the user '{user}', who runs Postgres: {output.Trim()}");
        var (reachable, _) = await start.RunAsync(new("/usr/bin/test", ["-w", start.Data.Path], "/", ResourceEnvironment.Inherited(), user), cancellationToken).ConfigureAwait(false);
        if (reachable != 0)
            throw new HostFaultException($"The user '{user}', who runs Postgres, can't reach {start.Data.Path}; set XDG_DATA_HOME (or TMPDIR) to a folder that others may pass through.");
    }

    private async Task MakeClusterAsync(ServerStart start, string cluster, string? user, CancellationToken cancellationToken)
    {
        // Made beside and renamed when whole: what an interrupted initdb leaves is never taken for a cluster.
        var fresh = cluster + ".new";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        var passwordFile = Path.Combine(start.Data.Path, "password");
        DataRoot.WriteSecret(passwordFile, (await server.PasswordParameter.GetValueAsync(cancellationToken).ConfigureAwait(false))!);
        try
        {
            if (user is not null)
                await GiveAsync(start, user, cancellationToken).ConfigureAwait(false);
            var name = await server.UserNameReference.GetValueAsync(cancellationToken).ConfigureAwait(false);
            var initdb = Path.Combine(Path.GetDirectoryName(start.Program)!, "initdb");
            var (exitCode, output) = await start.RunAsync(Command(
                initdb,
                ["-D", fresh, "-U", name!, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--no-sync", "--no-instructions"],
                start, user), cancellationToken).ConfigureAwait(false);
            if (exitCode != 0)
                throw new HostFaultException($"initdb could not make a Postgres cluster in {start.Data.Path}: {output.Split('\n').LastOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? output.Trim()}");
            Directory.Move(fresh, cluster);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static async Task CheckVersionAsync(ServerStart start, string cluster, CancellationToken cancellationToken)
    {
        var file = Path.Combine(cluster, "PG_VERSION");
        var kept = File.Exists(file) ? (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim() : "";
        if (!Major().IsMatch(kept))
            throw new HostFaultException($"The Postgres data in {start.Data.Path} is damaged (its PG_VERSION is {(kept.Length == 0 ? "missing or empty" : "no version")}); move the folder away or delete it to start afresh.");
        var (_, output) = await start.RunAsync(Command(start.Program, ["--version"], start, null), cancellationToken).ConfigureAwait(false);
        if (Number().Match(output) is { Success: true } here && here.Value != kept)
            throw new HostFaultException($"The data in {start.Data.Path} was made by PostgreSQL {kept}, but this machine's postgres is {here.Value}: install postgresql-{kept}, or move the folder away to start afresh.");
    }

    // A killed server may be a moment from gone, and its number is alive to Postgres until init has buried it. The folder is
    // locked for us alone, so once nobody works in it any more the predecessor's note of its number is void.
    private static async Task WaitForPredecessorAsync(string cluster, CancellationToken cancellationToken)
    {
        var note = Path.Combine(cluster, "postmaster.pid");
        if (!File.Exists(note))
            return;
        var started = TimeProvider.System.GetTimestamp();
        while (SomebodyWorksIn(cluster))
        {
            if (TimeProvider.System.GetElapsedTime(started) > PredecessorTimeout)
                throw new HostFaultException($"Another postgres is running on the data in {cluster}; stop it first.");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        File.Delete(note);
    }

    private static bool SomebodyWorksIn(string cluster) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0]) && Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == cluster;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    // 2026-01-01 10:00:00.000 UTC [12] FATAL:  could not open file
    [GeneratedRegex(@"\b(FATAL|PANIC):\s+(?<text>.*)$")]
    private static partial Regex Fatal();

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Major();

    // postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)
    [GeneratedRegex(@"(?<=\) )\d+")]
    private static partial Regex Number();
}
